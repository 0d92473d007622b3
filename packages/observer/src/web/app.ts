/**
 * web/app: the HTTP of one surface: what each address answers, and what it takes to be let in.
 *
 * Knows nothing of nodes; what is asked for is answered by the teller.
 */
import { Hono } from 'hono'
import type { WebEnv } from 'troupe'
import { type Asked, readGet } from '#observer/ask/asked'
import { costOf, costOfAsked } from '#observer/ask/costs'
import type { SessionSheet } from '#observer/contract/api'
import type { Surface } from '#observer/contract/options'
import type { Frame } from '#observer/hub/frame'
import type { Hub } from '#observer/hub/hub'
import { type Pace, requirePace, type ViewerPaces } from '#observer/hub/paces'
import type { Teller } from '#observer/hub/teller'
import type { View } from '#observer/hub/verbs'
import type { Viewer } from '#observer/hub/viewer'
import { jsonOf } from '#observer/text/plain'
import { type AskedOf, type Refused, refused, refusedOf } from '#observer/text/problem'
import { placeOfAddress } from './address.js'
import { Admission, type Seen, type Visitor } from './admission.js'
import type { Attempts } from './attempts.js'
import type { Audit } from './audit.js'
import { cookieOf, cookieText, JSON_HEADERS, SAFETY_HEADERS } from './headers.js'
import { LOGIN_STYLE, loginPage } from './login-page.js'
import type { Manager, Ordering } from './manager.js'
import type { NameSampler } from './name-sampler.js'
import { foreignRequest, isWrite } from './origin.js'
import { type PageFile, type PageFiles, pageFileOf } from './page-files.js'
import { pathOf } from './path.js'
import { type Sessions, sameText } from './sessions.js'

/** What a surface works with. */
export interface AppParts {
  readonly surface: Surface
  readonly sessions: Sessions
  readonly attempts: Attempts
  readonly audit: Audit
  readonly hub: Hub
  readonly teller: Teller
  readonly manager: Manager
  /** What each viewer may ask for. */
  readonly paces: ViewerPaces
  readonly nameSampler: NameSampler
  readonly files: PageFiles
  readonly own: string
  /** Of cookies: two Observers of one host must not take each other's. */
  readonly cookieName: string
  readonly viewOf: (visitor: Visitor) => View
  readonly about: () => Promise<Pick<SessionSheet, 'version' | 'runtime'>>
  readonly warn: (text: string, fields: Readonly<Record<string, unknown>>) => void
}

/**
 * A page asks for its first sheet beside its session: an answer to that must not give it a session
 * which differs from that one.
 */
const GIVE_COOKIES: ReadonlySet<string> = new Set(['/api/session', '/api/stream'])

type Bindings = { Bindings: WebEnv; Variables: { visitor: Visitor } }

/** The function that answers all requests of one surface. */
export function observerApp(parts: AppParts): Hono<Bindings> {
  const admission = new Admission(parts)
  const app = new Hono<Bindings>({ getPath: pathOf })
  const admit = async (request: Request, env: WebEnv): Promise<Visitor> => {
    const visitor = await admission.admit(seenOf(request, env, parts))
    if (isWrite(request) && !visitor.isBearer) requireCsrf(request, visitor, parts)
    return visitor
  }
  app.use('*', async (c, next) => {
    const foreign = foreignRequest(c.req.raw, parts.surface)
    if (foreign === undefined) await next()
    else c.res = problemOf(foreign)
    for (const [name, value] of Object.entries(SAFETY_HEADERS)) c.res.headers.set(name, value)
  })
  app.post('/api/login', (c) => logIn(c.req.raw, c.env, parts, admission))
  app.use('/api/*', async (c, next) => {
    const visitor = await admit(c.req.raw, c.env)
    c.set('visitor', visitor)
    await next()
    if (visitor.cookie === undefined || !GIVE_COOKIES.has(c.req.path)) return
    const text = cookieText(parts.cookieName, visitor.cookie, parts.surface.tls !== undefined)
    c.res.headers.append('set-cookie', text)
  })
  addSessionRoutes(app, parts, admission)
  addAnswerRoutes(app, parts)
  app.get('*', (c) => pageAnswer(c.req.raw, c.env, admit, parts))
  app.notFound(() => problemOf(refused(404, 'PATH_UNKNOWN', 'there is nothing here', 'see /')))
  app.onError((thrown) => problemOf(told(thrown, parts, { own: parts.own })))
  return app
}

const seenOf = (request: Request, env: WebEnv, { cookieName }: AppParts): Seen => ({
  ...{ request, cookie: cookieOf(request, cookieName), remote: env.remoteAddress },
})

/** Who looks, and what his streams are told. */
function addSessionRoutes(app: Hono<Bindings>, parts: AppParts, admission: Admission): void {
  app.get('/api/session', async (c) => answerJson(await sessionSheet(c.get('visitor'), parts)))
  app.post('/api/logout', (c) => {
    const { session, canLogOut } = c.get('visitor')
    if (canLogOut) {
      parts.sessions.logOut(session)
      parts.hub.endSession(session)
    }
    return new Response(null, { status: 204 })
  })
  app.get('/api/stream', (c) => {
    // Nobody would read what is told to a HEAD.
    if (c.req.raw.method === 'HEAD') return new Response(null, { headers: STREAM_HEADERS })
    const visitor = c.get('visitor')
    const { session } = visitor
    const seen = seenOf(c.req.raw, c.env, parts)
    const mayStill = () => admission.mayStill(seen, visitor)
    const { remote } = seen
    const [view, pace] = [parts.viewOf(visitor), paceOf(visitor, remote, parts)]
    return streamOf(parts.hub.open({ session, remote, view, pace, mayStill }))
  })
  app.post('/api/stream/:id', async (c) => {
    const visitor = c.get('visitor')
    const looking = { session: visitor.session, view: parts.viewOf(visitor) }
    parts.hub.wish(c.req.param('id'), looking, await bodyOf(c.req.raw))
    return new Response(null, { status: 204 })
  })
}

/** What is asked once, and what is to be done. */
function addAnswerRoutes(app: Hono<Bindings>, parts: AppParts): void {
  const orderingOf = (visitor: Visitor, { remoteAddress: remote }: WebEnv): Ordering => {
    const view = { ...parts.viewOf(visitor), by: paceOf(visitor, remote, parts).who }
    return { visitor, view, surface: parts.surface.name, remote }
  }
  app.post('/api/nodes/:node/manage', async (c) => {
    requirePace(paceOf(c.get('visitor'), c.env.remoteAddress, parts), costOf('manage'))
    const ordering = orderingOf(c.get('visitor'), c.env)
    const given = await bodyOf(c.req.raw)
    return answerJson(await parts.manager.carryOut(ordering, c.req.param('node'), given))
  })
  app.post('/api/cluster/manage', async (c) => {
    const pace = paceOf(c.get('visitor'), c.env.remoteAddress, parts)
    requirePace(pace, costOf('process') + costOf('manage'))
    const ordering = orderingOf(c.get('visitor'), c.env)
    return answerJson(await parts.nameSampler.carryOut(ordering, await bodyOf(c.req.raw)))
  })
  app.get('/api/*', async (c) => {
    const path = c.req.path.slice('/api'.length)
    const { asked, isFile } = readGet(path, new URL(c.req.url).searchParams)
    const node = 'node' in asked ? asked.node : undefined
    try {
      const visitor = c.get('visitor')
      const view = parts.viewOf(visitor)
      if (c.req.raw.method === 'HEAD') return headAnswer(asked, view, parts)
      parts.teller.check(asked, view)
      const pace = paceOf(visitor, c.env.remoteAddress, parts)
      requirePace(pace, costOfAsked(asked))
      const answer = await parts.teller.tell(asked, { ...view, by: pace.who })
      return isFile ? fileOf(path, asked, answer) : answerJson(answer)
    } catch (thrown) {
      throw told(thrown, parts, { node, own: parts.own })
    }
  })
  app.all('/api/*', () => problemOf(refused(405, 'METHOD_UNKNOWN', 'not so', 'see the API')))
}

/**
 * Who is named is one, with as many sessions as he likes. Of the others a cookie tells those of one
 * address apart, and all who have none are one.
 */
function paceOf({ session, cookie, user }: Visitor, remote: string, parts: AppParts): Pace {
  const { paces, surface } = parts
  const isNamed = surface.authorize !== undefined
  const place = isNamed ? `user ${user}` : `address ${placeOfAddress(remote)}`
  const hasSession = !isNamed && cookie === undefined
  return paces.of({ place, key: hasSession ? `session ${session}` : place })
}

/** Whether it may be asked; nothing is asked of any node, as nobody would read it. */
function headAnswer(asked: Asked, view: View, { teller }: AppParts): Response {
  teller.check(asked, view)
  return new Response(null, { headers: JSON_HEADERS })
}

/** An answer to be kept, called after what was asked for. */
function fileOf(path: string, asked: Asked, answer: unknown): Response {
  const words = decodeURIComponent(path)
    .replace(/[^\w.@-]+/g, '-')
    .replace(/^-|-$/g, '')
  const ending = asked.kind === 'cpu-profile' ? 'cpuprofile' : 'json'
  const name = `${words.slice(0, 150)}.${ending}`
  const headers = { ...JSON_HEADERS, 'content-disposition': `attachment; filename="${name}"` }
  return new Response(jsonOf(answer), { headers })
}

/** What is our own fault is told to those who run this, too. */
function told(thrown: unknown, parts: AppParts, asked: AskedOf): Refused {
  const found = refusedOf(thrown, asked)
  if (found.problem.code === 'OBSERVER_FAILED') parts.warn('a request failed', { thrown })
  return found
}

const answerJson = (value: unknown, status = 200): Response =>
  new Response(jsonOf(value), { status, headers: JSON_HEADERS })

const problemOf = ({ status, problem, headers }: Refused): Response =>
  new Response(jsonOf(problem), { status, headers: { ...JSON_HEADERS, ...headers } })

function requireCsrf(request: Request, { session }: Visitor, { sessions }: AppParts): void {
  const given = request.headers.get('x-troupe-csrf') ?? ''
  if (sameText(given, sessions.csrfOf(session))) return
  const remedy = 'send csrf of /api/session as the header x-troupe-csrf'
  throw refused(403, 'CSRF_REFUSED', 'the CSRF token is not that of this session', remedy)
}

async function sessionSheet(visitor: Visitor, parts: AppParts): Promise<SessionSheet> {
  const { surface, sessions, own } = parts
  const { capabilities, user, session } = visitor
  return {
    ...(await parts.about()),
    ...{ node: own, surface: surface.name, capabilities, user, nodes: surface.nodes },
    csrf: sessions.csrfOf(session),
  }
}

/** The body as JSON. Throws `Refused`. */
async function bodyOf(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json\b/i.test(type)) {
    throw refused(415, 'BODY_INVALID', 'the body is no JSON', 'send it as application/json')
  }
  const text = await request.text()
  try {
    return JSON.parse(text)
  } catch {
    throw refused(400, 'BODY_INVALID', 'the body is no JSON', 'send an object')
  }
}

/** A token as JSON or by the form of our own page. */
async function logIn(
  request: Request,
  env: WebEnv,
  parts: AppParts,
  admission: Admission,
): Promise<Response> {
  const { surface, sessions, cookieName, audit } = parts
  if (surface.token === undefined) {
    return problemOf(refused(404, 'PATH_UNKNOWN', 'nobody has to log in here', 'see /'))
  }
  const isForm = (request.headers.get('content-type') ?? '').startsWith('application/x-www-form')
  const given = isForm
    ? new URLSearchParams(await request.text()).get('token')
    : Reflect.get(Object(await bodyOf(request)), 'token')
  const { remoteAddress: remote } = env
  const note = (outcome: string): void =>
    audit.record({
      ...{ user: undefined, remote, surface: surface.name, node: undefined },
      ...{ operation: 'login', subject: '', outcome },
    })
  try {
    admission.checkToken(typeof given === 'string' ? given : '', remote)
  } catch (thrown) {
    const wrong = refusedOf(thrown)
    note(wrong.problem.code)
    return isForm && wrong.status === 401 ? html(loginPage(true), 401) : problemOf(wrong)
  }
  // A new number: one that somebody else has put there must not become one that may look.
  const { id, cookie = '' } = admission.sessionOf(undefined)
  sessions.logIn(id)
  note('done')
  const headers = { 'set-cookie': cookieText(cookieName, cookie, surface.tls !== undefined) }
  if (!isForm) return new Response(null, { status: 204, headers })
  return new Response(null, { status: 303, headers: { ...headers, location: '/' } })
}

const html = (text: string, status = 200): Response =>
  new Response(text, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  })

const STREAM_HEADERS = Object.freeze({
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
})

/** Each frame is fetched when the browser has taken the one before. */
function streamOf(viewer: Viewer): Response {
  const body = new ReadableStream<Frame>(
    {
      pull: async (controller) => {
        const frame = await viewer.next()
        if (frame === undefined) controller.close()
        else controller.enqueue(frame)
      },
      cancel: () => viewer.end(),
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers: STREAM_HEADERS })
}

async function pageAnswer(
  request: Request,
  env: WebEnv,
  admit: (request: Request, env: WebEnv) => Promise<Visitor>,
  parts: AppParts,
): Promise<Response> {
  const pathname = pathOf(request)
  if (pathname === '/login.css') {
    return new Response(LOGIN_STYLE, { headers: { 'content-type': 'text/css; charset=utf-8' } })
  }
  if (parts.surface.token !== undefined || parts.surface.authorize !== undefined) {
    try {
      await admit(request, env)
    } catch (thrown) {
      const found = told(thrown, parts, {})
      const wantsForm = parts.surface.token !== undefined && found.status === 401
      return wantsForm ? html(loginPage(false), 401) : problemOf(found)
    }
  }
  const file = pageFileOf(parts.files, pathname, request.headers.get('accept') ?? '')
  if (file !== undefined) return fileAnswer(request, file)
  const isBuilt = parts.files.size > 0
  const message = isBuilt ? 'there is nothing at this address' : 'the page was not built'
  const remedy = isBuilt ? 'see /' : 'run npm run build; the API is there without it'
  return problemOf(refused(404, 'PATH_UNKNOWN', message, remedy))
}

function fileAnswer(request: Request, { type, etag, body, isHashed }: PageFile): Response {
  const keep = isHashed ? 'max-age=31536000, immutable' : 'no-cache'
  const headers = { 'content-type': type, etag, 'cache-control': `private, ${keep}` }
  const isKnown = request.headers.get('if-none-match') === etag
  if (isKnown) return new Response(null, { status: 304, headers })
  // To a HEAD it is told as well, which has no body to count.
  return new Response(body, { headers: { ...headers, 'content-length': `${body.byteLength}` } })
}
