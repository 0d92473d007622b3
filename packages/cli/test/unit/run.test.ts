/**
 * unit/run: what goes wrong is told safely, also to whoever looks for the place of it.
 */
import { equal, match, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EXIT } from '#cli/fault'
import { runTroupe } from '#cli/run'
import { offered } from '#commands/complete'
import { RecordedTerminal } from '#test/processes/recorded-terminal'

describe('with TROUPE_DEBUG=1', () => {
  it('the place of a failure is told in lines that no terminal acts upon', async () => {
    const terminal = new RecordedTerminal({ TROUPE_DEBUG: '1' })
    terminal.write = async () => {
      throw new Error('no room for shop\u001b[2J\u202e')
    }
    equal(await runTroupe(['--version'], terminal), EXIT.failed)
    match(terminal.notes, /no room for shop\\x1b\[2J\\u\{202e\}\n +at /)
    ok(terminal.isHarmless)
  })
})

describe('completion', () => {
  it('offers no name that would be read as an option or by the shell', () => {
    const told = ['shop', '-rf', '--help', 'shop;ls', 'a b', 'stock', 'shop']
    equal(offered(told, '').join(), 'shop,stock')
    equal(offered(told, '-').join(), '')
    equal(offered(told, 'st').join(), 'stock')
  })
})
