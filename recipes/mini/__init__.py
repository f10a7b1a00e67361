"""The recipe of the bundled model: ``python -m recipes.mini --data SOURCES --out mini.safetensors``."""
