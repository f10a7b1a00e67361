"""What the pages share: resources, state, controls and cards."""
