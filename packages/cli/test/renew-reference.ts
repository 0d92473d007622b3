/**
 * renew-reference: writes docs/reference/commands.md anew, after a command has changed.
 */
import { writeFileSync } from 'node:fs'
import { referencePage } from '#arguments/reference'
import { COMMANDS } from '#commands/table'

writeFileSync(
  new URL('../../../docs/reference/commands.md', import.meta.url),
  referencePage(COMMANDS),
)
