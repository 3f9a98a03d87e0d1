"""What AWS's own client would ask for an object, for tests.

Reads a JSON array of requests from standard input, each with endpoint (or none), region, path_style,
bucket, key, access_key, secret_key, session_token (or none) and time (seconds since 1970), and prints
an array of [address, value of Authorization], in the same order.
"""

import datetime
import functools
import json
import sys

import boto3
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials


class Seen(Exception):
    """Ends a request before it is sent."""


@functools.cache
def client(endpoint, region, path_style):
    style = "auto" if endpoint is None else "path" if path_style else "virtual"
    made = boto3.client(
        "s3", endpoint_url=endpoint, region_name=region, aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(s3={
            "addressing_style": style, "us_east_1_regional_endpoint": "regional"}))

    def see(request, **_):
        raise Seen(request.url)

    made.meta.events.register("before-send.s3.GetObject", see)
    return made


def address(case):
    try:
        client(case.get("endpoint"), case["region"], case["path_style"]).get_object(
            Bucket=case["bucket"], Key=case["key"])
    except Seen as seen:
        return seen.args[0]


def authorization(case, url):
    botocore.auth.get_current_datetime = lambda: datetime.datetime.fromtimestamp(
        case["time"], datetime.timezone.utc)
    request = AWSRequest(method="GET", url=url)
    credentials = Credentials(case["access_key"], case["secret_key"], case.get("session_token"))
    botocore.auth.S3SigV4Auth(credentials, "s3", case["region"]).add_auth(request)
    return request.headers["Authorization"]


answers = []
for case in json.load(sys.stdin):
    url = address(case)
    answers.append([url, authorization(case, url)])
json.dump(answers, sys.stdout)
