/** cli: the account as a line, and the line on a screen. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Account, accountOf } from '#traffic/account/account'
import { Ledger } from '#traffic/account/ledger'
import { accountLine } from '#traffic/cli/account-line'
import { Screen } from '#traffic/cli/screen'

/** Five packets came in; this is what the ledger says of them. */
function accountWith(write: (ledger: Ledger) => void, kernelDropped = 0, deaths = 0): Account {
  const ledger = new Ledger()
  write(ledger)
  const { tcp, ...counts } = ledger.read()
  return accountOf({
    ...counts,
    tcp: { ...tcp, received: 0, waiting: 0 },
    ownSent: 0,
    received: 5,
    kernelDropped,
    unread: 0,
    oversize: 0,
    published: 5,
    delivered: 5,
    poolSaturated: 0,
    waitingForWorker: 0,
    waitingForStorage: 0,
    deaths: { udp: 0, ingest: deaths, tcp: 0, storage: 0 },
  })
}

describe('the account line', () => {
  it('names what was rejected, dropped and lost, and by what', () => {
    const account = accountWith(
      (ledger) => {
        ledger.handedToStorage(undefined)
        ledger.stored('created')
        ledger.handedToStorage('MAILBOX_FULL')
        ledger.handedToStorage('absent')
        ledger.rejected('truncated')
      },
      12,
      1,
    )
    assert.equal(
      accountLine(account, 1),
      '1 vehicles | sent 17 = stored 1 + rejected 1 (truncated 1) + ' +
        'dropped 14 (kernel 12, mailbox 1, storage 1) + lost 1 (ingest 1) + waiting 0',
    )
  })

  it('shouts when a packet went uncounted', () => {
    assert.match(
      accountLine(
        accountWith(() => {}),
        0,
      ),
      /^UNEXPLAINED 5 \| 0 vehicles/,
    )
  })
})

describe('a screen', () => {
  const screenOn = (isTTY: boolean) => {
    const written: string[] = []
    const output = { write: (text: string) => written.push(text), isTTY, columns: 10 }
    return { screen: new Screen(output), written }
  }

  it('keeps the changing line below the lines that stay', () => {
    const { screen, written } = screenOn(true)
    screen.print('one')
    screen.show('live')
    screen.print('two')
    screen.end()
    assert.deepEqual(written, ['one\n', '\r\u001b[2Klive', '\r\u001b[2Ktwo\nlive', '\n'])
  })

  it('cuts the changing line to the width of the terminal', () => {
    const { screen, written } = screenOn(true)
    screen.show('0123456789abc')
    assert.deepEqual(written, ['\r\u001b[2K012345678'])
  })

  it('has no changing line elsewhere', () => {
    const { screen, written } = screenOn(false)
    screen.show('live')
    screen.end()
    assert.deepEqual(written, [])
  })
})
