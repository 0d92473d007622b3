/** packet/corpus: datagrams worth keeping, each with its verdict; a fuzzer's finding is added. */
import { keptLines } from '#test/corpus'

export interface KeptPacket {
  /** `position`, or why it is rejected. */
  readonly verdict: string
  readonly bytes: Uint8Array
}

export function keptPackets(): readonly KeptPacket[] {
  return keptLines('packets').map((line) => {
    const [verdict = '', text = ''] = line.split(' ')
    return { verdict, bytes: Buffer.from(text === '-' ? '' : text, 'base64') }
  })
}

/** The line by which a datagram is kept. */
export const keptLine = (verdict: string, bytes: Uint8Array): string =>
  `${verdict} ${Buffer.from(bytes).toString('base64') || '-'}`
