# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS as far as the inventory sso_ec2 calls it, with many accounts, a latency and AWS's limits.

    python -m support.simulated_aws ACCOUNTS INSTANCES LATENCY      in the folder tests; prints its URL

The access portal answers 20 calls a second for all users, EC2 in each Region of an account 20, after a burst
of 100 (Amazon EC2 Developer Guide, "Request throttling", DescribeInstances with filters). What is beyond that
is refused as AWS refuses it. /counts returns how many calls were answered, and how many were refused.
"""

from __future__ import annotations

import asyncio
import collections
import json
import re
import sys
import time
import typing as t
import urllib.parse
import urllib.request

PORTAL_RATE, PORTAL_BURST = 20.0, 20.0
EC2_RATE, EC2_BURST = 20.0, 100.0
PAGE = 100

Response = t.Tuple[int, str, str]

_INSTANCE = """\
<item><reservationId>r-{id}</reservationId><ownerId>{account}</ownerId><groupSet/><instancesSet><item>
<instanceId>i-{id}</instanceId><imageId>ami-0abcdef1234567890</imageId>
<instanceState><code>16</code><name>running</name></instanceState>
<privateDnsName>ip-10-0-{third}-{fourth}.{region}.compute.internal</privateDnsName><dnsName/><reason/>
<keyName>ops</keyName><amiLaunchIndex>0</amiLaunchIndex><productCodes/><instanceType>m7i.large</instanceType>
<launchTime>2026-11-01T08:00:00.000Z</launchTime>
<placement><availabilityZone>{region}a</availabilityZone><groupName/><tenancy>default</tenancy></placement>
<monitoring><state>disabled</state></monitoring><subnetId>subnet-0123456789abcdef0</subnetId>
<vpcId>vpc-0123456789abcdef0</vpcId><privateIpAddress>10.0.{third}.{fourth}</privateIpAddress>
<sourceDestCheck>true</sourceDestCheck>
<groupSet><item><groupId>sg-0123456789abcdef0</groupId><groupName>default</groupName></item></groupSet>
<architecture>x86_64</architecture><rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName>
<blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><volumeId>vol-0123456789abcdef0</volumeId>
<status>attached</status><attachTime>2026-11-01T08:00:01.000Z</attachTime>
<deleteOnTermination>true</deleteOnTermination></ebs></item></blockDeviceMapping>
<virtualizationType>hvm</virtualizationType><clientToken/>
<tagSet><item><key>Name</key><value>app-{number}</value></item>
<item><key>patch</key><value>{day}</value></item><item><key>team</key><value>team-{third}</value></item></tagSet>
<hypervisor>xen</hypervisor><networkInterfaceSet/><ebsOptimized>true</ebsOptimized><enaSupport>true</enaSupport>
</item></instancesSet></item>"""


class Bucket:
    """Tokens that are refilled at a rate."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = burst, time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class SimulatedAws:
    def __init__(self, accounts: int, instances: int, latency: float) -> None:
        self._accounts = [f"{100000000000 + number}" for number in range(accounts)]
        self._instances = instances
        self._latency = latency
        self._portal = Bucket(PORTAL_RATE, PORTAL_BURST)
        self._ec2: dict[tuple[str, str], Bucket] = collections.defaultdict(
            lambda: Bucket(EC2_RATE, EC2_BURST)
        )
        self._counts: collections.Counter[str] = collections.Counter()

    async def serve(self) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        async with server:
            await server.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
                body = (await reader.readexactly(int(length[1]))).decode() if length else ""
                path = urllib.parse.urlsplit(head.split(" ", 2)[1])
                query = dict(urllib.parse.parse_qsl(path.query or body))
                await asyncio.sleep(self._latency)
                status, kind, text = self._response(path.path, query, head)
                error = "X-Amzn-ErrorType: TooManyRequestsException\r\n" if status == 429 else ""
                writer.write(
                    f"HTTP/1.1 {status} Status\r\nContent-Type: {kind}\r\n{error}"
                    f"Content-Length: {len(text)}\r\n\r\n{text}".encode()
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _response(self, path: str, query: dict[str, str], head: str) -> Response:
        if path == "/counts":
            return 200, "application/json", json.dumps(self._counts)
        signed = re.search(r"Credential=ASIA(\d{12})/\d+/([a-z0-9-]+)/ec2/", head)
        bucket = self._ec2[signed[1], signed[2]] if signed else self._portal
        kind = "text/xml" if signed else "application/json"
        name = query["Action"] if signed else path.rpartition("/")[2]
        if not bucket.take():
            self._counts[f"{name} refused"] += 1
            error = "<Errors><Error><Code>RequestLimitExceeded</Code><Message>Slow</Message></Error></Errors>"
            refusal = f"<Response>{error}</Response>" if signed else '{"message": "Rate exceeded"}'
            return 503 if signed else 429, kind, refusal
        self._counts[name] += 1
        return 200, kind, self._ec2_text(*signed.groups()) if signed else self._portal_text(name, query)

    def _portal_text(self, name: str, query: dict[str, str]) -> str:
        if name == "accounts":
            start = int(query.get("next_token", 0))
            page = self._accounts[start : start + PAGE]
            more = str(start + PAGE) if start + PAGE < len(self._accounts) else None
            listed = [{"accountId": item, "accountName": f"account {item}"} for item in page]
            return json.dumps({"accountList": listed, "nextToken": more})
        account_id = query["account_id"]
        if name == "roles":
            roles = [{"roleName": role, "accountId": account_id} for role in ("Audit", "ReadOnly")]
            return json.dumps({"roleList": roles, "nextToken": None})
        keys = {
            "accessKeyId": f"ASIA{account_id}",
            "secretAccessKey": f"secret-of-{account_id}",
            "sessionToken": f"token-of-{account_id}",
            "expiration": int(time.time() + 3600) * 1000,
        }
        return json.dumps({"roleCredentials": keys})

    def _ec2_text(self, account: str, region: str) -> str:
        items = "".join(
            _INSTANCE.format(
                id=f"00{account[3:]}{number:02x}{sum(map(ord, region)):04x}",
                account=account,
                region=region,
                number=number,
                third=int(account) % 250,
                fourth=number % 250,
                day=("monday", "tuesday")[number % 2],
            )
            for number in range(self._instances)
        )
        return (
            f"<DescribeInstancesResponse><reservationSet>{items}</reservationSet></DescribeInstancesResponse>"
        )


def counts(url: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{url}/counts") as response:
        found: dict[str, int] = json.load(response)
    return found


if __name__ == "__main__":
    asyncio.run(SimulatedAws(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])).serve())
