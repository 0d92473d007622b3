/**
 * Faults of decoders, each of which its fuzzer must find within its short budget.
 */
import type { Fuzzed } from '#test/fuzz/short-fuzz'

export interface PlantedFault {
  /** What is wrong, as a noun. */
  readonly name: string
  /** The compiled file, below `dist` and without its ending. */
  readonly file: string
  /** The text to be replaced, which occurs once; white space in it stands for any other. */
  readonly find: string
  readonly replace: string
  readonly foundBy: Fuzzed
}

const fault = (
  foundBy: Fuzzed,
  file: string,
  name: string,
  [find, replace]: readonly [string, string],
): PlantedFault => ({ foundBy, file, name, find, replace })

export const PLANTED_FAULTS: readonly PlantedFault[] = Object.freeze([
  fault('packets', 'packet/outline', 'text that is no UTF-8', [
    "return isUtf8(this.#bytes.subarray(start, this.#at)) || this.#stop('malformed');",
    'return true;',
  ]),
  fault('packets', 'packet/outline', 'an extension of a fixed length', [
    "if (head <= 0xd8) return this.#stop('extension');",
    'if (head <= 0xd8) return this.#skip((1 << (head - 0xd4)) + 1);',
  ]),
  fault('packets', 'packet/outline', 'bytes behind the packet', [
    "if (walk.value(0) && !walk.atEnd) return 'trailing';",
    'walk.value(0);',
  ]),
  fault('packets', 'packet/outline', 'an id that loses its mark and is short enough then', [
    'if (length > ID_BYTES_MAX && this.#isMarked(start))',
    'if (false)',
  ]),
  fault('packets', 'packet/decode', 'an id of many bytes in few characters', [
    'id.length * 3 <= ID_BYTES_MAX',
    'id.length <= ID_BYTES_MAX',
  ]),
  fault('recordings', 'replay/lines', 'the CR of an end that counts', [
    'return length > LINE_BYTES_MAX ?',
    'return line.length > LINE_BYTES_MAX ?',
  ]),
  fault('recordings', 'replay/row', 'a day that never was', ['|| !isDay(timestamp)', '']),
  fault('recordings', 'replay/row', 'two quotes that stand for none', [`text += '"';`, '']),
  fault('recordings', 'replay/recording', 'a mark before the names of the columns', [
    "line.startsWith('\\ufeff')",
    'false',
  ]),
  fault('recording files', 'replay/recording-file', 'a compression that nobody undoes', [
    'bytesRead === 2 && buffer.equals(GZIP_MARK)',
    'false',
  ]),
  fault('recording files', 'replay/recording-file', 'a fault of the file that is thrown', [
    "return { kind: 'refused', problem: error instanceof Error ? error.message : String(error) };",
    'throw error;',
  ]),
  fault('requests', 'query/nearest-query', 'a limit that is not written in digits', [
    'if (isCount && !DIGITS.test(text)) return refuse(told);',
    '',
  ]),
  fault('requests', 'query/nearest-query', 'a parameter that is there twice', [
    "if (second !== undefined) return refuse('is given more than once');",
    '',
  ]),
  fault('requests', 'query/route', 'a path that every object has', [
    'Object.hasOwn(PATHS, path)',
    '(path in PATHS)',
  ]),
  fault('requests', 'map/viewport', 'an edge of the map that is infinite', [
    'given.every(Number.isFinite)',
    'true',
  ]),
  fault('position records', 'store/record', 'an id that is no UTF-8', [
    'if (!isUtf8(idBody)) return undefined;',
    '',
  ]),
  fault('position records', 'store/record', 'a flag of a later version', [
    'flags > EMERGENCY ||',
    '',
  ]),
  fault('position records', 'store/seal', 'a seal that nobody looks at', [
    'sumOf(key, body) === sealed.readUInt32LE(0) ? body : undefined',
    'body',
  ]),
  fault('emergency records', 'emergency/record', 'a record of another version', [
    "|| fields['version'] !== VERSION",
    '',
  ]),
  fault('emergency records', 'emergency/record', 'a status that is infinite', [
    '&& Number.isFinite(status)',
    '',
  ]),
  fault('data files', 'store/seal', 'a value with another checksum', [
    'sumOf(key, body) === sealed.readUInt32LE(0) ? body : undefined',
    'body',
  ]),
  fault('data files', 'store/lmdb-header', 'heads that are not all there', [
    "if (head.length < 2 * pageBytes) return 'it is too short to be an lmdb file';",
    '',
  ]),
  fault('data files', 'store/lmdb-header', 'something in the place of the confirmed head', [
    'confirmed.transaction === 0 ? strayFault(head, pageBytes / 2) : undefined',
    'undefined',
  ]),
  fault('data files', 'store/page-check', 'an entry that lies outside of its page', [
    'hold(isNode,',
    'hold(true,',
  ]),
])
