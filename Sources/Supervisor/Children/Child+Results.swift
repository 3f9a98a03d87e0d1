import ImageVocabulary
import SandboxPolicy
import WireProtocol

/// What its result pipe's reader tells.
extension Child: ResultObserver {
    func childIsReady(_ posture: Posture) { hear(.ready(posture)) }
    func childSpoke() { hear(.spoke) }
    func childEntered(_ stage: Stage) { hear(.entered(stage)) }

    func childAnswered(_ answer: ChildAnswer) {
        switch answer {
        case .completed: hear(.answered, answer)
        case .refused(let verdict, _): hear(.refused(verdict), answer)
        case .broken(.tooMany("output bytes")): hear(.condemned(.output))
        case .broken(let error): hear(.condemned(.protocolError(error.label)))
        // The pipe's own end says so.
        case .endedEarly: break
        }
    }
}
