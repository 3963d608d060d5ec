"""The GIF container in and out, every frame kept.

Pillow packs and unpacks the pixels (LZW) and no more: it merges equal frames on writing, lets a disposal
outlive its frame and grows the canvas on reading. The blocks of the file are read and written here.
"""

from charaface.gif.read import GifError, GifFrame, GifInfo, GifReader, played
from charaface.gif.write import GifWriter

__all__ = ["GifError", "GifFrame", "GifInfo", "GifReader", "GifWriter", "played"]
