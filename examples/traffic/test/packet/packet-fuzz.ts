/**
 * packet/decode under a fuzzer: any datagram has the verdict that the plain decoder gives it.
 */
import assert from 'node:assert/strict'
import { damagedBytes, type Fuzzer } from '@troupe/tools/fuzz'
import fc from 'fast-check'
import { anyPacket } from '#test/packet/any-packet'
import { keptLine, keptPackets } from '#test/packet/corpus'
import { plainDecode } from '#test/packet/plain-decode'
import { decodePacket, encodePacket } from '#traffic/packet/decode'
import type { PacketVerdict } from '#traffic/packet/verdict'

const told = (verdict: PacketVerdict): string =>
  verdict.kind === 'rejected' ? verdict.cause : verdict.kind

const kept: readonly Uint8Array[] = keptPackets().map(({ bytes }) => bytes)

export const packetFuzzer: Fuzzer<Uint8Array> = {
  corpus: 'examples/traffic/test/corpus/packets.txt',
  kept,
  inputs: fc.oneof(
    { weight: 6, arbitrary: anyPacket },
    { weight: 3, arbitrary: damagedBytes(kept) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 1_200 }) },
  ),
  judge(bytes) {
    const verdict = decodePacket(bytes)
    assert.deepEqual(verdict, plainDecode(bytes))
    if (verdict.kind === 'rejected') return
    // A zero travels without its sign: it is the same place.
    const { id, longitude, latitude, emergency } = verdict.position
    const position = { id, longitude: longitude + 0, latitude: latitude + 0, emergency }
    assert.deepEqual(decodePacket(encodePacket(position)), { kind: 'position', position })
  },
  line: (bytes) => keptLine(told(plainDecode(bytes)), bytes),
}
