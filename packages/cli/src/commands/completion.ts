/**
 * commands/completion: the script of a shell.
 */
import type { Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { SCRIPTS } from './completion-scripts.js'

export const run: Run = async ({ words }, terminal) => {
  const script = Object.entries(SCRIPTS).find(([shell]) => shell === words[0])?.[1]
  await terminal.write(script ?? '')
  return EXIT.done
}
