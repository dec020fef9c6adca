"""Setup files with several environments."""

from __future__ import annotations

SHARED = """\
[launchdarkly]
project = "shop"

[segment]
space = "prod"

[audiences]
include = ["vip_customers"]
"""
PRODUCTION = """
[[targets]]
environment = "production"
"""
STAGING = """
[[targets]]
environment = "staging"
space = "dev"
"""
SAME_SOURCE = """
[[targets]]
name = "qa"
environment = "test"
audiences = ["new_signups"]
context_key = "user_id_then_email"
"""
TWO = SHARED + PRODUCTION + STAGING
THREE = TWO + SAME_SOURCE
