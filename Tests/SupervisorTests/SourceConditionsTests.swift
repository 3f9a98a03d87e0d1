import Testing

@testable import Supervisor

@Suite("What clients have of a source")
struct SourceConditionsTests {
    @Test(
        "entity tags are passed on where they are well-formed (RFC 9110 section 8.8.3)",
        arguments: [
            ("*", true), ("\"\"", true), ("\"a\"", true), ("W/\"a\"", true),
            ("\"a\", W/\"b\" ,\t\"c,d\"", true), ("", false), ("a", false), ("\"a", false),
            ("\"a\",", false), ("\"a\" \"b\"", false), ("w/\"a\"", false), ("*, \"a\"", false),
            ("${jndi:ldap://x}", false), ("\"a\u{1}\"", false), ("\"a b\"", false),
            ("\"\(String(repeating: "x", count: 510))\"", true),
            ("\"\(String(repeating: "x", count: 511))\"", false),
        ])
    func tags(_ value: String, _ isPassedOn: Bool) {
        #expect(SourceConditions(etag: value).etag == (isPassedOn ? value : nil))
    }

    @Test(
        "a date is passed on in the form that all write (RFC 9110 section 5.6.7)",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", true), ("Sunday, 06-Nov-94 08:49:37 GMT", false),
            ("Sun Nov  6 08:49:37 1994", false), ("", false),
            ("Sun, 06 Nov 1994 08:49:37 UTC", false), ("sun, 06 Nov 1994 08:49:37 GMT", false),
            (String(repeating: "y", count: 29), false),
        ])
    func dates(_ value: String, _ isPassedOn: Bool) {
        #expect(SourceConditions(modified: value).modified == (isPassedOn ? value : nil))
    }
}
