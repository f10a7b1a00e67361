"""Names of the pool's classes as a person would write them in a query."""

from __future__ import annotations

import re

# Labels that mislead as text, or name a shop's article; the rest is used as it stands.
_BETTER = {
    "file": "file cabinet",
    "ear": "ear of corn",
    "crane": "crane",
    "drumstick": "drumstick for a drum",
    "chime": "wind chime",
    "chest": "wooden chest",
    "pole": "utility pole",
    "slot": "slot machine",
    "reel": "fishing reel",
    "stage": "stage of a theater",
    "upright": "upright piano",
    "brass": "brass memorial plaque",
    "organ": "pipe organ",
    "beacon": "lighthouse",
    "projectile": "missile",
    "nail": "metal nail",
    "bass": "bass guitar",
    "teddy": "teddy bear",
    "cock": "rooster",
    "drake": "male duck",
    "hip": "rose hip berries",
    "sorrel": "brown horse",
    "racer": "racing car",
    "rule": "ruler",
    "safe": "safe with a lock",
    "bow": "archer's bow",
    "hook": "metal hook",
    "pick": "guitar pick",
    "kite": "kite, a bird of prey",
    "boxer": "boxer dog",
    "groom": "bridegroom",
    "fly": "fly insect",
    "tick": "tick insect",
    "monarch": "monarch butterfly",
    "admiral": "red admiral butterfly",
    "ringlet": "ringlet butterfly",
    "robin": "robin bird",
    "jay": "jay bird",
    "cricket": "cricket match",
    "football": "football match",
    "hockey": "field hockey match",
    "baseball": "baseball game",
    "boxing": "boxing match",
    "chess": "chess game",
    "tennis": "tennis match",
    "basketball": "basketball game",
    "volleyball": "volleyball game",
    "conference": "conference pear",
    "anjou": "green pear",
    "kaiser": "kaiser pear",
    "pink lady": "pink apple",
    "royal gala": "red apple",
    "golden delicious": "yellow apple",
    "red delicious": "red apple",
    "granny smith": "green apple",
    "Granny Smith": "green apple",
    "ice bear": "polar bear",
    "lesser panda": "red panda",
    "hog": "pig",
    "swine": "pig",
    "cab": "taxi",
    "liner": "ocean liner",
    "plane": "carpenter's plane",
    "screen": "computer screen",
    "horizontal bar": "gymnast on the horizontal bar",
    "ashcan": "trash can",
    "beach wagon": "station wagon",
    "jinrikisha": "rickshaw",
    "house front": "front of a house",
    "buildings": "city buildings",
    "outwear": "jacket",
    "longsleeve": "long-sleeved shirt",
    "cellphone": "mobile phone",
    "cellular telephone": "mobile phone",
    "binocular": "binoculars",
    "leopards": "leopard",
    "cougar body": "cougar",
    "cougar face": "face of a cougar",
    "crocodile head": "head of a crocodile",
    "flamingo head": "head of a flamingo",
    "windsor chair": "wooden chair",
    "lakeside": "lake shore",
    "alp": "snowy mountain peak",
    "cliff dwelling": "ancient cliff dwelling",
    "cream": "tube of cream",
    "ray": "ray, a flat fish",
    "seal": "seal on the shore",
    "titi": "titi monkey",
    "tub": "bath tub",
    "wing": "airplane wing",
    "wreck": "shipwreck",
    "vault": "vaulted ceiling",
    "web site": "web page",
    "ram": "ram, a male sheep",
    "Cardigan": "corgi dog",
    "Pembroke": "corgi dog",
    "iron": "clothes iron",
    "switch": "light switch",
    "swing": "swing in a playground",
    "mouse": "computer mouse",
    "monitor": "computer monitor",
    "notebook": "notebook computer",
    "printer": "printer",
    "tank": "army tank",
    "torch": "burning torch",
    "washer": "washing machine",
    "vacuum": "vacuum cleaner",
    "hand blower": "hair dryer",
    "loupe": "magnifying glass",
    "sax": "saxophone",
    "tusker": "elephant with tusks",
    "patas": "patas monkey",
}
_SHOP_ARTICLES = (
    (re.compile(r"juice|tropicana|god morgon"), "carton of juice"),
    (re.compile(r"yog[gh]|oatghurt"), "carton of yoghurt"),
    (re.compile(r"sour (cream|milk)"), "carton of sour cream"),
    (re.compile(r"\bmilk$"), "carton of milk"),
)


def class_name(label: str) -> str | None:
    """A label as words for a sentence, or None when it says nothing."""
    label = re.sub(r"\s*\(.*\)", "", label.replace("_", " ")).strip()
    if not label:
        return None
    if label in _BETTER:
        return _BETTER[label]
    if label != "milk can":
        for pattern, name in _SHOP_ARTICLES:
            if pattern.search(label):
                return name
    return label


def imagenet_names() -> list[str]:
    """The 1,000 names of the ImageNet classifier's outputs, in its order."""
    from t2i_core.encoder.torchvision_shim import import_torchvision

    import_torchvision()
    from torchvision.models._meta import _IMAGENET_CATEGORIES

    return [class_name(name) or name for name in _IMAGENET_CATEGORIES]


def with_article(name: str) -> str:
    """``name`` with a or an, unless it is plural or has one."""
    if name.split()[0].lower() in {"a", "an", "the"} or (name.endswith("s") and not name.endswith("ss")):
        return name
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
