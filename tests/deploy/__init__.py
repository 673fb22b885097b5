"""Tests of what deploys and watches the service."""
