"""Reads lists of structured fields (RFC 9651) as the library http-sf does.

Standard input holds a JSON list of field values; the answer is a JSON list with one list of
[item, parameters] for each.
"""

import json
import sys

from http_sf import parse

values = json.load(sys.stdin)
lists = [parse(value.encode("ascii"), tltype="list") for value in values]
json.dump([[[item, parameters] for item, parameters in one] for one in lists], sys.stdout)
