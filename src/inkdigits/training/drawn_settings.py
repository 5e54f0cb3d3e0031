"""The settings of recipes whose networks are trained on drawn pages: the locator's, and those of the network of numbers."""

from __future__ import annotations

from dataclasses import dataclass

from inkdigits.training.settings import require, setting_of


@dataclass(frozen=True)
class LocatorSettings:
    """[network] of a locator: how wide and deep it is at each resolution."""

    channels: tuple[int, int, int, int] = setting_of(
        "channels of the encoder at strides 2, 4, 8 and 16", (16, 32, 64, 96)
    )
    blocks: tuple[int, int, int] = setting_of("residual blocks at strides 4, 8 and 16", (1, 2, 3))
    decoder: tuple[int, int] = setting_of("channels of the decoder at strides 8 and 4", (64, 48))

    def __post_init__(self) -> None:
        require(
            len(self.channels) == 4 and all(1 <= c <= 1024 for c in self.channels), "channels", "four from 1 to 1024"
        )
        require(len(self.blocks) == 3 and all(0 <= b <= 100 for b in self.blocks), "blocks", "three from 0 to 100")
        require(len(self.decoder) == 2 and all(1 <= c <= 1024 for c in self.decoder), "decoder", "two from 1 to 1024")


@dataclass(frozen=True)
class PageSettings:
    """[pages] of a locator: the synthetic pages that it is trained and validated on."""

    size: int = setting_of("pixels, height and width of a page", 256)
    steps: int = setting_of("batches of pages in an epoch; no page is seen twice", 256)
    digits: int = setting_of("MNIST's training digits that are redrawn on pages, at most", 30_000)
    turned: float = setting_of("share of training pages that lie on a side or upside down", 0.1)
    singles: float = setting_of("share of training pages that are four pictures of one digit each instead", 0.0)
    held_out: float = setting_of("share of MNIST's training digits, whole writers, for validation pages alone", 0.1)
    validation_pages: int = setting_of("pages on which each epoch is measured", 192)
    scene_pages: int = setting_of("pages of each kind of scene on which the finished network is measured", 64)
    answering_pages: int = setting_of(
        "pages on which it is fitted how far the finished network's answers are right", 400
    )

    def __post_init__(self) -> None:
        require(32 <= self.size <= 2048 and self.size % 16 == 0, "size", "32 to 2048 pixels, a multiple of 16")
        require(1 <= self.steps <= 1_000_000, "steps", "1 to 1000000 batches")
        require(100 <= self.digits <= 60_000, "digits", "100 to 60000 digits")
        require(0 <= self.turned <= 1, "turned", "a share from 0 to 1")
        require(0 <= self.singles <= 1, "singles", "a share from 0 to 1")
        require(not self.singles or self.size % 32 == 0, "size", "a multiple of 32, for four pictures on a page")
        require(0 < self.held_out <= 0.5, "held_out", "a share above 0, at most 0.5")
        require(1 <= self.validation_pages <= 100_000, "validation_pages", "1 to 100000 pages")
        require(1 <= self.scene_pages <= 100_000, "scene_pages", "1 to 100000 pages")
        require(1 <= self.answering_pages <= 100_000, "answering_pages", "1 to 100000 pages")


@dataclass(frozen=True)
class NumberSettings:
    """[network] of the network that reads numbers: how wide and deep it is."""

    channels: tuple[int, int, int, int] = setting_of(
        "channels at strides 2, 4 and 8, and of the columns; multiples of 16", (16, 48, 80, 96)
    )
    blocks: tuple[int, int, int] = setting_of("residual blocks at strides 4 and 8, and of the columns", (1, 2, 1))

    def __post_init__(self) -> None:
        wide = len(self.channels) == 4 and all(16 <= c <= 1024 and c % 16 == 0 for c in self.channels)
        require(wide, "channels", "four from 16 to 1024, multiples of 16")  # batch norm is fast with these alone
        require(len(self.blocks) == 3 and all(0 <= b <= 100 for b in self.blocks), "blocks", "three from 0 to 100")


@dataclass(frozen=True)
class StripSettings:
    """[strips] of the network that reads numbers: the strips that it is trained and validated on."""

    widest: int = setting_of("pixels across the longest strip; its digits are 28 high", 384)
    steps: int = setting_of("batches of strips in an epoch, a multiple of 4; none is seen twice", 256)
    digits: int = setting_of("MNIST's training digits that are redrawn on pages, at most", 30_000)
    held_out: float = setting_of("share of MNIST's training digits, whole writers, for validation alone", 0.1)
    scene_strips: int = setting_of("strips of each kind of scene on which each epoch is measured", 128)
    answering_pages: int = setting_of("pages on which it is fitted how far answers are right", 400)

    def __post_init__(self) -> None:
        require(64 <= self.widest <= 1024, "widest", "64 to 1024 pixels")
        require(4 <= self.steps <= 1_000_000 and self.steps % 4 == 0, "steps", "4 to 1000000 batches, a multiple of 4")
        require(100 <= self.digits <= 60_000, "digits", "100 to 60000 digits")
        require(0 < self.held_out <= 0.5, "held_out", "a share above 0, at most 0.5")
        require(1 <= self.scene_strips <= 100_000, "scene_strips", "1 to 100000 strips")
        require(1 <= self.answering_pages <= 100_000, "answering_pages", "1 to 100000 pages")
