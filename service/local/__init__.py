"""The adapters for one machine; they pass the same contract tests as the cloud's."""
