"""The hosts of both services, as their documentation lists them.

See docs/launchdarkly.md#instances-and-hosts and docs/segment.md#regions.
"""

from __future__ import annotations

LAUNCHDARKLY_HOSTS = {
    "app.launchdarkly.com": "us",
    "app.eu.launchdarkly.com": "eu",
    "app.launchdarkly.us": "federal",
}
CLIENT_SIDE_HOSTS = {
    "clientsdk.launchdarkly.com": "us",
    "clientsdk.eu.launchdarkly.com": "eu",
    "clientsdk.launchdarkly.us": "federal",
}
SEGMENT_HOSTS = {
    "api.segmentapis.com": "us",
    "eu1.api.segmentapis.com": "eu",
}

LAUNCHDARKLY_COMMERCIAL = "app.launchdarkly.com"
CLIENT_SIDE_COMMERCIAL = "clientsdk.launchdarkly.com"
SEGMENT_DEFAULT = "api.segmentapis.com"
