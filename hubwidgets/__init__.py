"""Publish to the Hugging Face Hub from a notebook by clicking, and see what happens."""
