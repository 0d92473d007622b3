/**
 * unit/connect: which node is meant, how it is reached, and how a failure is told.
 */
import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { CommandFault } from '#cli/fault'
import { typedProcess } from '#commands/address'
import { OnlyNew } from '#commands/following'
import { onlyOne, ownHost, wholeName } from '#connect/choice'
import { faultOf } from '#connect/problem'
import { addressIn, processFactsOf, processRowOf } from '#connect/reading'
import { connectSettings, readEntry, readSpan } from '#connect/settings'
import { wantsTls } from '#connect/tls-files'

const isFault = (part: string) => (thrown: unknown) =>
  thrown instanceof CommandFault && `${thrown.facts.sentence} ${thrown.facts.remedy}`.includes(part)

describe('how a node is reached', () => {
  it('is what was typed, else what the environment says', () => {
    const env = { TROUPE_CONNECT: 'a@h', TROUPE_NODE: 'b@h', TROUPE_COOKIE_FILE: '/c' }
    const typed = connectSettings({ connect: 'x@h', timeout: '250ms' }, env)
    deepEqual(typed.entry, { node: 'x@h', address: undefined })
    equal(typed.node, 'b@h')
    deepEqual(typed.cookieFile, { path: '/c', isGiven: true })
    equal(typed.timeoutMs, 250)
  })

  it('may be a name, an address, or both', () => {
    deepEqual(readEntry('shop'), { node: 'shop', address: undefined })
    const address = 'tcp://[::1]:11144'
    deepEqual(readEntry(address), { node: undefined, address })
    deepEqual(readEntry(`a@b=${address}`), { node: 'a@b', address })
    deepEqual(readEntry('unix:/s/a@b.sock'), { node: undefined, address: 'unix:/s/a@b.sock' })
    throws(() => readEntry('http:/x'), isFault('--connect cannot be'))
    deepEqual(readEntry('tls://h:1'), { node: undefined, address: 'tls://h:1' })
    throws(() => readEntry('tsl://h:1'), isFault('--connect cannot be'))
  })

  it('takes times with their unit alone', () => {
    equal(readSpan('timeout', '1.5s', 1), 1_500)
    equal(readSpan('timeout', '2m', 1), 120_000)
    for (const wrong of ['5', '', '0s', '-1s', '2h', '1e3ms', '61m'])
      throws(() => readSpan('timeout', wrong, 1), isFault('--timeout cannot be'))
  })
})

describe('the files of TLS', () => {
  it('are what was typed, else what the environment says', () => {
    const env = { TROUPE_CA: '/ca', TROUPE_CERT: '/cert', TROUPE_KEY: '/key' }
    const pair = { cert: '/cert', key: '/mine' }
    deepEqual(connectSettings({ key: '/mine' }, env).tlsFiles, { ca: '/ca', pair })
    deepEqual(connectSettings({}, {}).tlsFiles, { ca: undefined, pair: undefined })
  })

  it('are a certificate with its key, or neither', () => {
    throws(() => connectSettings({ cert: '/c' }, {}), isFault('--cert is given without --key'))
    const env = { TROUPE_KEY: '/k' }
    throws(() => connectSettings({}, env), isFault('--key is given without --cert'))
  })

  it('mean that TLS is wanted, as an address of it does', () => {
    ok(wantsTls(connectSettings({ ca: '/ca' }, {})))
    ok(wantsTls(connectSettings({ connect: 'a@b=tls://h:1' }, {})))
    ok(!wantsTls(connectSettings({ connect: 'tcp://h:1' }, {})))
  })
})

describe('the node that is meant', () => {
  const known = ['shop@localhost', 'shop@far', 'web@localhost']

  it('is the only one with that name', () => {
    equal(wholeName('web', known), 'web@localhost')
    equal(wholeName('new@far', known), 'new@far')
    throws(() => wholeName('shop', known), isFault('shop may be shop@localhost, shop@far'))
    throws(() => wholeName('x', known), isFault('No node here is called x'))
  })

  it('is the only one there is, when none was named', () => {
    equal(onlyOne(['a@h'], ''), 'a@h')
    throws(() => onlyOne([], 'Looked there.'), isFault('Looked there.'))
    throws(() => onlyOne(['a@h', 'b@h'], ''), isFault('2 nodes run here: a@h, b@h. Say which one'))
  })

  it('gives our own name its host, so that its socket is found', () => {
    const settings = connectSettings({ node: 'a@far' }, {})
    equal(ownHost(settings, []), 'far')
    equal(ownHost(connectSettings({}, {}), [{ node: 'b@near', path: '' }]), 'near')
    equal(ownHost(connectSettings({ node: 'a' }, {}), []), 'localhost')
    const sockets = ['x@one', 'a@two'].map((node) => ({ node, path: '' }))
    equal(ownHost(connectSettings({ node: 'a' }, {}), sockets), 'two')
  })
})

describe('a process as it is typed', () => {
  it('is a number, a pid or a name', () => {
    deepEqual(typedProcess('12'), { kind: 'number', node: undefined, id: 12 })
    deepEqual(typedProcess('<a@b.c.12>'), { kind: 'number', node: 'a@b.c', id: 12 })
    deepEqual(typedProcess('a@b.12'), { kind: 'number', node: 'a@b', id: 12 })
    deepEqual(typedProcess('stock'), { kind: 'name', name: 'stock' })
    deepEqual(typedProcess('name:12'), { kind: 'name', name: '12' })
  })
})

describe('a failure', () => {
  it('is told with its code, what happened and what to do', () => {
    const { facts } = faultOf(new TroupeError('NO_ROUTE', { node: 'a@b' }))
    equal(facts.code, 'NO_ROUTE')
    equal(facts.exitCode, 3)
    equal(facts.sentence, 'There is no way to a@b.')
    ok(facts.remedy.includes('troupe nodes'))
  })

  it('to reach a node is told by what the last try ended with', () => {
    const cause = new TroupeError('COOKIE_MISMATCH', { node: 'a@b', problem: 'no' })
    const { facts } = faultOf(new TroupeError('NO_ROUTE', { node: 'a@b' }, cause))
    equal(facts.code, 'COOKIE_MISMATCH')
    equal(facts.exitCode, 3)
  })

  it('of what is not allowed says that the node decides', () => {
    const detail = { operation: 'spawn', problem: 'not for you\u001b' }
    const { facts } = faultOf(new TroupeError('NOT_ALLOWED', detail))
    equal(facts.exitCode, 4)
    ok(facts.remedy.includes('The node itself decides'))
    ok(!facts.sentence.includes('\u001b'))
  })

  it('of TLS is told in options of the terminal', () => {
    const told = (problem: string): string => {
      const detail = { transport: 'tls', address: 'h:1', problem }
      return faultOf(new TroupeError('PORT_FAILED', detail)).facts.remedy
    }
    ok(told('the authority of the certificate is not in `ca`; add it').includes('--ca FILE'))
    ok(told('the far end wants a certificate; give one').includes('--cert FILE --key FILE'))
    ok(told('it is for another host; give the name it has as serverName').includes('tls://HOST'))
    ok(told('the far end does not speak TLS; dial it as tcp://').includes('tcp://HOST'))
    equal(told('nobody listens there; start the node'), 'Start the node.')
  })

  it('that is none of Troupe is told as ours', () => {
    ok(faultOf(new Error('x is undefined')).facts.sentence.startsWith('troupe itself failed'))
  })
})

describe('what another node answers', () => {
  it('is read as empty where it is not what it should be', () => {
    for (const odd of [undefined, null, 5, 'x', [], { pid: 'x', mailbox: 'y', restarts: {} }]) {
      const row = processRowOf(odd)
      deepEqual([row.pid.id, row.mailbox, row.restarts], [0, 0, 0])
      equal(processFactsOf(odd).mailbox.main, 0)
    }
  })
})

describe('a way that another node knows', () => {
  const wanted = ['tcp', 'tls']
  const routeOf = (...addresses: unknown[]) => ({ nodes: { rows: [{ node: 'b@far', addresses }] } })
  const answerOf = (host: unknown) => routeOf({ transport: 'tcp', host, port: 11_144 })

  it('is its address, if it can be one', () => {
    equal(addressIn(answerOf('10.0.0.7'), 'b@far', wanted), 'tcp://10.0.0.7:11144')
    equal(addressIn(answerOf('::1'), 'b@far', wanted), 'tcp://[::1]:11144')
    equal(addressIn(answerOf('x/../y'), 'b@far', wanted), undefined)
    equal(addressIn(answerOf('10.0.0.7'), 'c@far', wanted), undefined)
    equal(addressIn(undefined, 'b@far', wanted), undefined)
  })

  it('is one of TLS where that is wanted, or there is no other', () => {
    const tcp = { transport: 'tcp', host: 'near', port: 1 }
    const tls = { transport: 'tls', host: 'far', port: 2 }
    const unix = { transport: 'unix', host: '', port: 0 }
    equal(addressIn(routeOf(unix, tcp, tls), 'b@far', ['tls', 'tcp']), 'tls://far:2')
    equal(addressIn(routeOf(unix, tls, tcp), 'b@far', wanted), 'tcp://near:1')
    equal(addressIn(routeOf(unix, tls), 'b@far', wanted), 'tls://far:2')
    equal(addressIn(routeOf(unix), 'b@far', wanted), undefined)
  })
})

describe('two follows that overlap', () => {
  it('tell each record once', () => {
    const onlyNew = new OnlyNew()
    deepEqual(onlyNew.of([{ number: 1 }, { number: 2 }]), [{ number: 1 }, { number: 2 }])
    deepEqual(onlyNew.of([{ number: 2 }, { number: 3 }, 'odd']), [{ number: 3 }, 'odd'])
  })
})
