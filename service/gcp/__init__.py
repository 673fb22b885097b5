"""The ports on Google Cloud: Firestore and Cloud Tasks."""
