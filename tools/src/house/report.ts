/**
 * house/report: runs rules over the real files and fails with every fault in one message.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '#setup/workspace'
import { type Fault, formatFaults } from './fault.js'
import { codeFiles } from './files.js'
import { readSource, type Source } from './source.js'

let parsed: readonly Source[] | undefined

/** Every code file of the repository, read and parsed once. */
export function allSources(): readonly Source[] {
  parsed ??= codeFiles().map((file) => readSource(ROOT, file))
  return parsed
}

export const readText = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** The list alone: where a rule was run is nothing to a reader, so it has no stack. */
class StyleFault extends Error {
  override readonly name = 'StyleFault'

  constructor(faults: readonly Fault[]) {
    super(`offences against the house style: ${faults.length}\n${formatFaults(faults)}`)
    this.stack = this.message
  }
}

export function expectNone(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new StyleFault(faults)
}
