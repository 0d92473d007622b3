/**
 * unit/reference: the page of commands is what the program itself tells.
 */
import { equal } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { referencePage } from '#arguments/reference'
import { COMMANDS } from '#commands/table'

const PAGE = new URL('../../../../docs/reference/commands.md', import.meta.url)

describe('the page of commands', () => {
  it('tells what the help tells', () => {
    const remedy = 'renew it: node packages/cli/dist-test/renew-reference.js'
    equal(readFileSync(PAGE, 'utf8'), referencePage(COMMANDS), remedy)
  })
})
