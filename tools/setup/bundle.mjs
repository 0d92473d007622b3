/**
 * setup/bundle: makes the page of the Observer a few scripts and one style, for browsers: what the
 * first view needs, and the rest, which is loaded after it.
 *
 * The compiler has made plain modules of the page; esbuild joins them with the libraries they need,
 * whose licences are put beside them. Nobody who installs the package needs a bundler.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { filesBelow, ROOT, readJson } from './workspace.mjs'

const OBSERVER = 'packages/observer'
const SOURCES = `${OBSERVER}/src/page`
const COMPILED = `${OBSERVER}/dist-page`
/** The project that compiles the page. */
export const PAGE_PROJECT = SOURCES
/** Where the bundle is put: it is published with the package. */
export const PAGE_MADE = `${OBSERVER}/dist/page/`
/** What is handed out as it is. */
const PLAIN = ['icon.svg']
const NAMED = /\/(index\.html|app\.css|.*\.css|icon\.svg)$/

/**
 * Whether a project needs the page: it refers to the Observer, or to one that does.
 *
 * @param {string} project folder relative to the root
 * @param {Set<string>} [seen]
 * @returns {boolean}
 */
export function isPageOf(project, seen = new Set()) {
  if (project === OBSERVER) return true
  if (seen.has(project)) return false
  seen.add(project)
  const config = project.endsWith('.json') ? project : `${project}/tsconfig.json`
  if (!existsSync(join(ROOT, config))) return false
  /** @type {{ path: string }[]} */
  const references = readJson(config).references ?? []
  return references.some(({ path }) => isPageOf(join(dirname(config), path), seen))
}

const made = (/** @type {string} */ path) => join(ROOT, PAGE_MADE, path)

/** What the bundle is made of. */
const inputs = () => [
  ...filesBelow(COMPILED, (path) => path.endsWith('.js'), /^node_modules$/),
  ...filesBelow(SOURCES, (path) => NAMED.test(path)),
  'package-lock.json',
  'tools/setup/bundle.mjs',
]

function isFresh() {
  if (!existsSync(made('index.html'))) return false
  const madeMs = statSync(made('index.html')).mtimeMs
  return inputs().every((path) => statSync(join(ROOT, path)).mtimeMs <= madeMs)
}

/**
 * Bundles the page, unless nothing has changed. It is put in its place whole, by a rename.
 *
 * @returns {Promise<string>} what was found wrong; empty when nothing is
 */
export async function bundlePage() {
  if (isFresh()) return ''
  const { build } = await import('esbuild')
  const folder = join(ROOT, `${OBSERVER}/dist/page-${process.pid}`)
  try {
    const result = await build({
      absWorkingDir: ROOT,
      entryPoints: [`${COMPILED}/app.js`, `${SOURCES}/styles/app.css`],
      outdir: folder,
      entryNames: '[name]-[hash]',
      chunkNames: '[name]-[hash]',
      bundle: true,
      splitting: true,
      format: 'esm',
      legalComments: 'none',
      logLevel: 'silent',
      metafile: true,
      minify: true,
      target: 'es2022',
    })
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'index.html'), indexWith(result.metafile.outputs))
    writeFileSync(join(folder, 'licences.txt'), licencesOf(Object.keys(result.metafile.inputs)))
    for (const name of PLAIN) copyFileSync(join(ROOT, SOURCES, name), join(folder, name))
    rmSync(made(''), { recursive: true, force: true })
    renameSync(folder, join(ROOT, PAGE_MADE.slice(0, -1)))
    return ''
  } catch (error) {
    return `The page of the Observer could not be bundled:\n${String(error)}`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * The page with the names that its parts have got. What its script begins with is asked for beside
 * it, and not when it has been read.
 *
 * @param {import('esbuild').Metafile['outputs']} outputs
 */
function indexWith(outputs) {
  const entries = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint !== undefined)
  const nameOf = (/** @type {string} */ ending) =>
    basename(entries.find(([path]) => path.endsWith(ending))?.[0] ?? '')
  const script = entries.find(([path]) => basename(path).startsWith('app-') && path.endsWith('.js'))
  const needed = script?.[1].imports.filter(({ kind }) => kind === 'import-statement') ?? []
  const preloads = needed.map(({ path }) => `<link rel="modulepreload" href="/${basename(path)}">`)
  return readFileSync(join(ROOT, SOURCES, 'index.html'), 'utf8')
    .replace('/app.css', `/${nameOf('.css')}`)
    .replace('/app.js', `/${basename(script?.[0] ?? '')}`)
    .replace(/^( *)<script/m, (tag, indent) =>
      [...preloads, tag.trim()].map((one) => `${indent}${one}`).join('\n'),
    )
}

/**
 * The licences of all packages that are in the bundle.
 *
 * @param {readonly string[]} paths of what was bundled
 */
function licencesOf(paths) {
  const folders = paths.flatMap(
    (path) => /^(.*node_modules\/(@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
  )
  return [...new Set(folders)]
    .sort()
    .map((folder) => {
      const { name, version, license } = readJson(`${folder}/package.json`)
      const [file] = filesBelow(folder, (path) => /\/licen[cs]e(\.\w+)?$/i.test(path), /./)
      const text = file === undefined ? '' : readFileSync(join(ROOT, file), 'utf8').trim()
      return `${name} ${version} (${license})\n\n${text}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}
