"""Meta's answers about the quality of one event, as its documentation shows them."""

from typing import Any

PURCHASE: dict[str, Any] = {
    "event_name": "Purchase",
    "event_match_quality": {
        "composite_score": 7.24,
        "match_key_feedback": [
            {
                "identifier": "email",
                "coverage": {"percentage": 100},
                "potential_aly_acr_increase": {"percentage": 58.96, "description": "more"},
            },
            {"identifier": "ip_address", "coverage": {"percentage": 99.9}},
        ],
        "diagnostics": [
            {
                "name": "Mismatched IP addresses",
                "description": "They differ.",
                "solution": "Send the shopper's.",
                "percentage": 61.5,
                "affected_event_count": 19567,
                "total_event_count": 31830,
            }
        ],
    },
    "event_coverage": {"percentage": 34.1, "goal_percentage": 75, "description": "low"},
    "dedupe_key_feedback": [
        {
            "dedupe_key": "event_id",
            "browser_events_with_dedupe_key": {"percentage": 100},
            "server_events_with_dedupe_key": {"percentage": 90},
            "overall_browser_coverage_from_dedupe_key": {"percentage": 14.8},
        }
    ],
    "data_freshness": {"upload_frequency": "real_time", "description": "fresh"},
}
TILL: dict[str, Any] = {
    "event_name": "Purchase",
    "composite": {"score": 6.6, "recommendation": "It could be improved."},
    "match_key": {
        "score": 5.6,
        "recommendation": "Send e-mail and phone.",
        "coverage": {"email": 100.0, "phone": 90.0},
    },
    "frequency": {"score": 4.6},
    "freshness": 2.2,
}
