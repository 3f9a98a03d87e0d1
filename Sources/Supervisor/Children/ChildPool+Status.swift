import SandboxPolicy
import WireProtocol

/// What operators see of it.
extension ChildPool {
    var status: PoolStatus {
        let generations =
            draining.map { $0.status(.draining, by: policy) }
            + [current].compactMap { $0?.status(.current, by: policy) }
            + [next].compactMap { $0?.status(.next, by: policy) }
        let all = draining + [current].compactMap { $0 }
        return PoolStatus(
            identity: policy.identity, formats: policy.formats, state: state, posture: posture,
            libvips: current?.hello?.libvips,
            libmagic: current?.hello?.libmagic, fonts: current?.hello?.fonts,
            libraries: current?.hello?.libraries ?? [], librarySource: current?.source,
            generations: generations,
            children: all.flatMap { $0.children.values }.map(status).sorted { $0.id < $1.id })
    }

    private func status(of child: Child) -> ChildStatus {
        let life = child.life
        let job = jobs[child.id]
        let state: ChildStatus.State =
            if life.killReason != nil || life.hasAnswered {
                .ending
            } else if job != nil {
                .working
            } else {
                life.posture == nil ? .starting : .warm
            }
        return ChildStatus(
            id: child.id, generation: child.generation, state: state,
            age: .now - life.times.asked, requestID: job?.identity.requestID,
            working: job.map { .now - $0.given }, stage: life.stage)
    }
}
