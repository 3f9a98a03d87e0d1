"""A server with S3's interface that verifies signatures, for tests.

Reads JSON from standard input: {"region": ..., "buckets": [...], "objects": [[bucket, key, Base64 of
the bytes, headers]]}, headers being parameters of put_object. Puts the objects there with AWS's own
client, prints one line of JSON with the port and the keys of a user who may read them on standard
error, and serves until it is ended, or who started it is gone.
"""

import base64
import json
import logging
import os
import sys
import time

# Actions that need no signature: those that make the user. All others are verified.
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "3"

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}


def main():
    parent = os.getppid()
    wanted = json.load(sys.stdin)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    endpoint = f"http://127.0.0.1:{port}"

    def client(service, key, secret):
        return boto3.client(
            service, endpoint_url=endpoint, region_name=wanted["region"],
            aws_access_key_id=key, aws_secret_access_key=secret,
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}))

    iam = client("iam", "nobody", "nothing")
    iam.create_user(UserName="reader")
    iam.put_user_policy(
        UserName="reader", PolicyName="buckets", PolicyDocument=json.dumps(POLICY))
    made = iam.create_access_key(UserName="reader")["AccessKey"]
    s3 = client("s3", made["AccessKeyId"], made["SecretAccessKey"])
    for bucket in wanted["buckets"]:
        region = wanted["region"]
        place = {"LocationConstraint": region} if region != "us-east-1" else None
        s3.create_bucket(
            Bucket=bucket, **({"CreateBucketConfiguration": place} if place else {}))
    for bucket, key, body, headers in wanted["objects"]:
        s3.put_object(Bucket=bucket, Key=key, Body=base64.b64decode(body), **headers)
    print(json.dumps({
        "port": port, "access_key": made["AccessKeyId"], "secret_key": made["SecretAccessKey"],
    }), file=sys.stderr, flush=True)
    while os.getppid() == parent:
        time.sleep(0.5)


main()
