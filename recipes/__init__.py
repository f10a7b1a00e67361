"""What made the models that lie in the repository; not needed to run anything."""
