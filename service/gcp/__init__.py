"""The adapters for Google Cloud: Firestore and Cloud Tasks."""
