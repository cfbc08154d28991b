"""Makes policies.json.gz, the documents of the policies that AWS manages, from those that the moto project keeps.

    pip download --no-deps moto==5.2.5 && unzip moto-5.2.5-py3-none-any.whl moto/iam/aws_managed_policies.py
    python3 generate.py moto/iam/aws_managed_policies.py 5.2.5 policies.json.gz
"""

import gzip
import json
import runpy
import sys

source, version, target = sys.argv[1:]
managed = json.loads(runpy.run_path(source)["aws_managed_policies_data"])
policies = {}
for name, policy in managed.items():
    key = policy["Path"].lstrip("/") + name
    if key.startswith("aws-service-role/"):
        continue  # for service-linked roles alone, whose principals no customer can be
    policies[key] = {"version": policy["DefaultVersionId"], "document": policy["Document"]}
body = json.dumps(
    {"source": "moto " + version, "policies": policies}, separators=(",", ":"), sort_keys=True
).encode()
with open(target, "wb") as out, gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as packed:
    packed.write(body)
