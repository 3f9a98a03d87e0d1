import RequestSyntax
import Testing

@Suite("Signed paths in logs")
struct SignedPathLogTests {
    @Test(
        "options are shown, and neither signatures nor sources",
        arguments: [
            ("/s3cret/w:1/plain/https://u:p@h/a?t=1", "", "/-/w:1/-"),
            ("/s3cret/aHR0cDovL3U6cEBoL2E", "", "/-/-"), ("/s3cret", "", "/-/-"),
            ("/p/q/s3cret/rs:fit:1:2/pr:a/c2VjcmV0", "/p/q", "/p/q/-/rs:fit:1:2/pr:a/-"),
            ("/x/s3cret/w:1/a", "/p", "/-"),
            (
                "/s3cret/wmu:c2VjcmV0/wm:1/fallback_image_url:c2VjcmV0/a", "",
                "/-/wmu:-/wm:1/fallback_image_url:-/-"
            ),
        ])
    func shown(_ path: String, _ prefix: String, _ shown: String) {
        #expect(SignedPath.forLog(path, prefix: prefix, .init()) == shown)
    }
}
