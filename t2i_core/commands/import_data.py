"""import: captions in other projects' formats, rewritten as ours."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.config import read_settings, typed_path
from t2i_core.errors import count_of

if TYPE_CHECKING:
    from t2i_core.commands.console import Console

LAYOUTS = {
    "flickr8k": "Flickr8k: the folder with captions.txt or Flickr8k.token.txt, or that file",
    "flickr30k": "Flickr30k: the folder with results.csv or results_20130124.token, or that file",
    "coco": "COCO: a captions_*.json file, or Karpathy's dataset_*.json",
    "folder": "a folder of pictures, each with its captions in a .txt, .caption or .json file of the same name",
    "npz": "the original project's aligned_embeddings.npz with its captions file beside it",
    "imagefolder": "Hugging Face's: pictures beside metadata.csv, .jsonl or .parquet, also in folders of splits",
    "parquet": "tables with pictures as bytes or file names: of `datasets` (.parquet, .arrow), of Embedding Atlas, our own",
    "webdataset": "tars of WebDataset or img2dataset, or a folder of them",
    "clip-retrieval": "img_emb/img_emb_0.npy with metadata/metadata_0.parquet: the embeddings are taken over, too",
    "openclip": "open_clip's CSV with filepath and title",
    "fiftyone": "the folder that FiftyOne exports as FiftyOneDataset",
    "urls": "a CSV of addresses and captions, for pictures that are on this disk: nothing is fetched",
    "embeddings": "rows as .npy, .npz, .safetensors or .parquet, with the names of their pictures inside or beside",
}


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "import",
        help="take over captions, pictures or embeddings of other programs",
        description="Write captions_tokenized.csv from another format, and say which command builds the embeddings.",
        epilog="layouts:\n" + "\n".join(f"  {name:<14} {what}" for name, what in LAYOUTS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("layout", choices=tuple(LAYOUTS), metavar="LAYOUT", help="what SOURCE is; see below")
    parser.add_argument("source", type=typed_path, metavar="SOURCE", help="file or folder to read; it is never changed")
    options.add_data(parser, folder_only=True)
    parser.add_argument(
        "--images",
        type=typed_path,
        metavar="DIR",
        default=None,
        help="where the pictures are, or are written to where SOURCE holds them (default: looked for in SOURCE)",
    )
    parser.add_argument(
        "--names",
        type=typed_path,
        metavar="FILE",
        default=None,
        help="for embeddings: the names of the rows' pictures in their order, as lines, CSV or JSON (default: looked for beside)",
    )
    options.add_model(parser, default="unknown; for layouts with embeddings: the one that made them, which is checked")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Import and tell what to do next."""
    from t2i_core.importers import import_dataset
    from t2i_core.marks.importing import carry_tags

    options.refuse_address(arguments, command="import")
    settings = read_settings()
    data_dir = options.data_dir(arguments, settings)
    encoder = None
    if arguments.model:
        from t2i_core.encoder import open_encoder

        encoder = open_encoder(arguments.model, device=arguments.device or settings.device)
    report = import_dataset(
        arguments.layout,
        arguments.source,
        data_dir,
        images_dir=arguments.images,
        names=arguments.names,
        encoder=encoder,
    )
    for problem in report.problems:
        console.say(str(problem))
    tags = carry_tags(arguments.source, data_dir).added
    if tags:
        console.say(f"{count_of(len(tags), 'tag')} of pictures taken over")
    console.write(
        f"{count_of(report.images, 'picture')} and {count_of(report.captions, 'caption')} taken over into {data_dir}. Next:"
    )
    console.write(f"  {report.next_command}")
    return 0
