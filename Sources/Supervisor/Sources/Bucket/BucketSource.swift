import FoundationEssentials
import RequestSyntax

/// An image that is an object in a bucket.
///
/// The operator names the server, so its address may be any. Otherwise it is asked as web servers are,
/// within the same times and sizes, and is left alone when it fails. Redirects are not followed: S3
/// sends them where a bucket is in another region, for which the signature would be wrong.
struct BucketSource: ImageSource {
    let bucket: String
    let key: String
    let settings: BucketSettings
    let keys: BucketKeys
    /// One that asks for nothing but objects: what others ask for elsewhere is not remembered here.
    let fetcher: RemoteFetcher
    let rules: RemoteRules
    let conditions: SourceConditions
    /// The time that requests are signed with.
    var now: @Sendable () -> Date = { Date() }

    func collect(largest: Int) async throws(Problem) -> SourceAnswer {
        let answer: RemoteAnswer
        do throws(SourceFailure) {
            let address = try settings.address(bucket: bucket, key: key)
            let fields = SignatureV4(keys: keys, region: settings.region).signed(
                path: address.target, [("Host", address.authority)], at: now())
            answer = try await fetcher.collect(
                address, conditions, largest: largest, rules, named: fields)
        } catch {
            throw (error == .tooManyRedirects ? .unexpected(301) : error).problem
        }
        return try SourceAnswer(answer)
    }
}
