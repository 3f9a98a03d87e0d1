import HTTPTypes
import Hummingbird
import ImageVocabulary
import NIOCore
import RequestSyntax

/// The table of options for readers: `docs/options.md` and the answer to `GET /v1/options`.
enum OptionGuide {
    /// The answer to `GET /v1/options`. It changes with releases only.
    static var response: Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "application/json", .cacheControl: "public, max-age=3600",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: json.text + "\n")))
    }

    /// Names of members, and of options, never change meaning; more may come.
    static var json: JSONValue {
        .object([
            ("options", .array(ProcessingOption.all.map(entry))),
            ("source_formats", .names(ImageFormat.allCases.map(\.name))),
            ("result_formats", .names(ImageFormat.outputs.map(\.name))),
            (
                "most",
                .object([
                    ("options", .integer(Int64(OptionParser.mostOptions))),
                    ("query_bytes", .integer(Int64(OptionParser.longestQuery))),
                    ("batch_sets", .integer(Int64(OptionSets.most))),
                ])
            ),
        ])
    }

    private static func entry(_ option: ProcessingOption) -> JSONValue {
        .object([
            ("name", .string(option.name)),
            ("aliases", .names(option.aliases)),
            ("topic", .string(option.topic.rawValue)),
            ("arguments", .string(option.shape)),
            ("most_arguments", .integer(Int64(option.mostArguments))),
            // What limits are without an option is the configuration's.
            ("default", option.isLimit ? .null : .string(option.defaultValue)),
            ("example", .string("\(option.shortestName):\(option.example)")),
            ("summary", .string(option.summary)),
            ("takes", .string(option.takes)),
            ("needs_permission", .bool(option.isLimit)),
        ])
    }

    /// The text of `docs/options.md`.
    static var markdown: String {
        head + ProcessingOption.Topic.allCases.map(section).joined() + differences
    }

    private static func section(_ topic: ProcessingOption.Topic) -> String {
        let rows = ProcessingOption.all.filter { $0.topic == topic }.map { option in
            let names = option.names.map { "`\($0)`" }.joined(separator: " ")
            let standard =
                option.isLimit
                ? option.defaultValue
                : option.defaultValue.isEmpty ? "" : "`\(option.defaultValue)`"
            let cells = [
                names, "`\(option.shape)`", standard,
                "`\(option.shortestName):\(option.example)`", option.summary, option.takes,
            ]
            return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")
                + " |\n"
        }
        return """
            ## \(topic.rawValue)

            | option | arguments | default | example | what it does | what to write |
            |---|---|---|---|---|---|
            \(rows.joined())

            """
    }

    private static let head = """
        # Options

        <!-- Printed by 'glovebox options docs'; a test holds this file to it. -->

        What is to be done to an image is said by options: a name and up to eight arguments with colons
        between them. They mean the same wherever they stand:

        | where | how |
        |---|---|
        | `POST /v1/process`, `GET /v1/images/...` | in the query: `?rs=fill:300:200&f=webp` |
        | signed URLs, as imgproxy's | in the path: `/SIGNATURE/rs:fill:300:200/f:webp/plain/...` |
        | `POST /v1/batch` | one list for each result, in the query: `?options=rs:fill:300:200/f:webp` |
        | `glovebox process` | `-O rs:fill:300:200 -O f:webp` |

        Later options win over earlier ones, whatever their names. What they do is done in a fixed order, in
        whatever order they are written: trim, crop, scaling, turning, crop of the result, adjust, blur,
        sharpen, pixelate, extend, padding, background, watermark. Names and arguments are percent-decoded
        once; a `+` is a plus. An option that is unknown, or a value that cannot be read, is an error that
        names the option and what it takes; nothing is ever guessed. Up to \(OptionParser.mostOptions) options and
        \(OptionParser.longestQuery) bytes of query are read.

        `GET /v1/options` answers this table as JSON: `options`, with `name`, `aliases`, `topic`,
        `arguments`, `most_arguments`, `default` (null where the configuration has it), `example`,
        `summary`, `takes` and `needs_permission`; `source_formats`, `result_formats`; and `most`, with
        `options`, `query_bytes` and `batch_sets`. `glovebox options` prints it for people.

        ## Several results of one image

        `POST /v1/batch` takes an image as `/v1/process` does, as the body or as the form field `file`, and
        up to \(OptionSets.most) lists of options, each as one `options` in the query with `/` between its options:

            curl --data-binary @photo.jpg 'http://127.0.0.1:8080/v1/batch?sm=0&options=rs:fill:300:200/f:webp&options=w:64'

        What else stands in the query holds for every list, before the list's own options; an empty list is
        what those say. The answer is `multipart/mixed` with a part for each list, in their order, each with
        `Content-Type`, `Content-Disposition`, `Content-Length` and `X-Glovebox-Variant`, which counts
        from 1. All results are made by one child. The limits on time, memory and bytes of results hold for all of
        them together, and when one of them cannot be made, there is one error and no result.
        Of limits that options name the lowest holds, and there is one watermark for those that want one.
        `raw` is refused here, and `skip_processing` has no effect.


        """

    private static let differences = """
        ## Differences from imgproxy

        Names, aliases, arguments and arithmetic are those of imgproxy's open-source edition. What differs:

        - **Booleans** are `1`, `t`, `T`, `true`, `True`, `TRUE` and the same of false. Anything else, such
          as `yes`, is an error; imgproxy takes it for false.
        - **Numbers** are digits with at most one point: no exponent, no `+`, no `Inf`, no `NaN`. Each has an upper
          bound: \(Plan.largestRequestedSide) for sides, offsets and padding, 100 for `zoom` and `dpr`, 200 for `blur` and
          `sharpen`.
        - **Errors** of options are answered with 400, not 404, and unknown options are never passed over.
          The nearest known name is part of the answer.
        - **Limits** in options that are not permitted: 403, as there.
        - **`format`**: `heic`, `ico` and `jp2` are read only. An SVG is drawn, unless `f:svg` asks for
          the drawing, which is cleaned.
        - **`cachebuster`** and **`filename`** are ASCII; other names go in Base64: `fn:w6Q:1`.
        - **Sides** that were asked for never become 0 by `dpr` or `zoom`: they are at least one pixel.
        - **Presets** that name themselves are an error of the configuration.
        - **`quality`** without an option is the format's own; TIFF, PNG, GIF and BMP have none.
        - **Beyond it**, some of it in imgproxy's paid edition only: `gravity:ent` (the part with the most
          entropy), `crop_aspect_ratio`, `page` and `pages`, `dpi`, `adjust`, `brightness`, `contrast`,
          `saturation`, `watermark_url`, `fallback_image_url`, `color_profile`, and `progressive` and
          `palette` for one request, which imgproxy has in its configuration.
        - **Not there**: what finds objects or faces, videos, and the other options of the paid edition.

        """
}
