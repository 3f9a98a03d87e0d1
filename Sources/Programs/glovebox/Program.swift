import Supervisor

@main
enum Program {
    static func main() {
        GloveboxProgram.run()
    }
}
