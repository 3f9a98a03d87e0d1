/// A child that is gone, and all that can be known of it.
struct EndedChild: Sendable {
    /// The job it had, when it had one.
    var job: ChildReport.JobIdentity?
    /// nil for one that did all that was asked of it.
    var ending: ChildEnding?
    var life: Child.Life
    /// What a record of it would be made from.
    var report: ChildReport
}

/// Hears of every child that is gone, for commands that look at each of them.
protocol ChildObserver: Sendable {
    /// Called once for each, in no order among them, when nothing more can be learnt of it; from the
    /// pool's own thread, which it must not hold up.
    func childEnded(_ child: EndedChild)
}
