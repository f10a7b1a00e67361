"""Sums of products over one tile of codes: the innermost loop of the scan.

A tile holds 16 rows, four numbers of each at a time, which is how the CPU's byte multiply-add (VNNI) wants them: one
instruction multiplies 64 codes with four numbers of a query and adds them up by row. Where the CPU has none, 16-bit
products of whatever width it has add up to the same whole numbers.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from llvmlite import binding, ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

TILE_ROWS = 16
GROUP = 4  # numbers of a row that one lane of an instruction takes
ONE_PLANES, MANY_PLANES = 2, 24  # int8 planes of the queries that are multiplied at once: one query, twelve
_CHAINS = 4  # an instruction waits for the one before it in its chain
_ACCUMULATORS = {16: 24, 8: 12, 0: 4}  # of 32 wide registers, of 16 half as wide; what LLVM can hold anywhere

_I32, _I64 = ir.IntType(32), ir.IntType(64)


def fastest_lanes() -> int:
    """Rows one instruction handles on this CPU: 16 (AVX512-VNNI), 8 (AVX-VNNI) or 0 (16-bit products)."""
    if os.environ.get("NUMBA_CPU_NAME") or os.environ.get("NUMBA_CPU_FEATURES"):  # numba compiles for another CPU
        return 0
    features = binding.get_host_cpu_features()
    if features.get("avx512vnni") and features.get("avx512bw"):
        return 16
    return 8 if features.get("avxvnni") else 0


@njit(cache=True, nogil=True, boundscheck=False)
def tile_sums(tile, words, sums, lanes):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Multiply one tile with all planes of some queries.

    Parameters
    ----------
    tile : ndarray of shape (groups, 16), int32, C order; groups a multiple of 4
        Four uint8 codes of a row in each.
    words : ndarray of shape (groups, P), int32, C order
        Four int8 numbers of a plane in each; P is `ONE_PLANES` or `MANY_PLANES`.
    sums : ndarray of shape (P, 16), int32, C order
        Receives the sum of products of each plane with each row.
    lanes : int
        What `fastest_lanes` says, or less.
    """
    groups, planes = words.shape
    if lanes == 16:
        if planes == ONE_PLANES:
            _one_16(tile.ctypes.data, words.ctypes.data, sums.ctypes.data, groups)
        else:
            _many_16(tile.ctypes.data, words.ctypes.data, sums.ctypes.data, groups)
    elif lanes == 8:
        if planes == ONE_PLANES:
            _one_8(tile.ctypes.data, words.ctypes.data, sums.ctypes.data, groups)
        else:
            _many_8(tile.ctypes.data, words.ctypes.data, sums.ctypes.data, groups)
    else:
        if planes == ONE_PLANES:
            _one_0(tile.ctypes.data, words.ctypes.data, sums.ctypes.data, groups)
        else:
            _many_0(tile.ctypes.data, words.ctypes.data, sums.ctypes.data, groups)


def _emit(builder: ir.IRBuilder, arguments: Any, *, planes: int, lanes: int, chains: int) -> None:
    """Write the instructions of one tile; nothing on a CPU that lacks them, where nobody calls this."""
    if fastest_lanes() < lanes:
        return
    tile, words, sums, groups = arguments
    accumulators = _ACCUMULATORS[lanes]
    multiply_add = _byte_products(builder, lanes) if lanes else _short_products(builder)
    lanes = lanes or TILE_ROWS
    vector = ir.VectorType(_I32, lanes)
    zeros = ir.Constant(vector, [0] * lanes)
    tiles = builder.inttoptr(tile, vector.as_pointer())
    numbers = builder.inttoptr(words, _I32.as_pointer())
    results = builder.inttoptr(sums, vector.as_pointer())
    parts = TILE_ROWS // lanes
    steps = builder.udiv(groups, ir.Constant(_I64, chains))
    together = planes if chains > 1 else min(planes, accumulators)

    def address(start: Any, factor: int, offset: int) -> Any:
        return builder.add(builder.mul(start, ir.Constant(_I64, factor)), ir.Constant(_I64, offset))

    for part in range(parts):
        for first in range(0, planes, together):
            totals = [[cgutils.alloca_once_value(builder, zeros) for _ in range(chains)] for _ in range(together)]
            for row in totals:
                for total in row:
                    builder.store(zeros, total)
            with cgutils.for_range(builder, steps) as loop:
                group = builder.mul(loop.index, ir.Constant(_I64, chains))
                for chain in range(chains):
                    place = address(group, parts, chain * parts + part)
                    codes = builder.load(builder.gep(tiles, [place]), align=1)
                    for plane in range(together):
                        place = address(group, planes, chain * planes + first + plane)
                        word = builder.load(builder.gep(numbers, [place]), align=4)
                        alone = builder.insert_element(zeros, word, ir.Constant(_I32, 0))
                        spread = builder.shuffle_vector(alone, zeros, ir.Constant(vector, [0] * lanes))
                        total = totals[plane][chain]
                        builder.store(multiply_add(builder.load(total), codes, spread), total)
            for plane in range(together):
                result = builder.load(totals[plane][0])
                for chain in range(1, chains):
                    result = builder.add(result, builder.load(totals[plane][chain]))
                place = ir.Constant(_I64, (first + plane) * parts + part)
                builder.store(result, builder.gep(results, [place]), align=4)


def _byte_products(builder: ir.IRBuilder, lanes: int) -> Callable[[Any, Any, Any], Any]:
    """total + codes * numbers in one instruction."""
    vector = ir.VectorType(_I32, lanes)
    name = f"llvm.x86.avx512.vpdpbusd.{32 * lanes}"
    instruction = builder.module.declare_intrinsic(name, (), ir.FunctionType(vector, [vector] * 3))
    return lambda total, codes, numbers: builder.call(instruction, [total, codes, numbers])


def _short_products(builder: ir.IRBuilder) -> Callable[[Any, Any, Any], Any]:
    """The same from products of 16-bit numbers, in words that LLVM turns into any CPU's own."""
    words = ir.VectorType(_I32, TILE_ROWS)
    shorts = ir.VectorType(ir.IntType(16), 2 * TILE_ROWS)
    wide = ir.VectorType(_I32, 2 * TILE_ROWS)
    eight = ir.Constant(shorts, [8] * 2 * TILE_ROWS)
    evens = ir.Constant(words, list(range(0, 2 * TILE_ROWS, 2)))
    odds = ir.Constant(words, list(range(1, 2 * TILE_ROWS, 2)))

    def pairs(codes: Any, numbers: Any) -> Any:
        products = builder.mul(builder.sext(codes, wide), builder.sext(numbers, wide))
        return builder.add(
            builder.shuffle_vector(products, products, evens), builder.shuffle_vector(products, products, odds)
        )

    def multiply_add(total: Any, codes: Any, numbers: Any) -> Any:
        codes, numbers = builder.bitcast(codes, shorts), builder.bitcast(numbers, shorts)
        low = builder.and_(codes, ir.Constant(shorts, [255] * 2 * TILE_ROWS))
        low_numbers = builder.ashr(builder.shl(numbers, eight), eight)
        total = builder.add(total, pairs(low, low_numbers))
        return builder.add(total, pairs(builder.lshr(codes, eight), builder.ashr(numbers, eight)))

    return multiply_add


def _tile_intrinsic(planes: int, lanes: int, chains: int) -> Any:
    def multiply(typingctx: Any, tile: Any, words: Any, sums: Any, groups: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            _emit(builder, arguments, planes=planes, lanes=lanes, chains=chains)
            return context.get_dummy_value()

        return types.void(types.intp, types.intp, types.intp, types.intp), codegen

    return intrinsic(multiply)


_one_16 = _tile_intrinsic(ONE_PLANES, 16, _CHAINS)
_many_16 = _tile_intrinsic(MANY_PLANES, 16, 1)
_one_0 = _tile_intrinsic(ONE_PLANES, 0, 1)
_many_0 = _tile_intrinsic(MANY_PLANES, 0, 1)
_one_8 = _tile_intrinsic(ONE_PLANES, 8, _CHAINS)
_many_8 = _tile_intrinsic(MANY_PLANES, 8, 1)
