"""Values, intents, ports and pure functions: no thread, no file, no network, no widget."""
