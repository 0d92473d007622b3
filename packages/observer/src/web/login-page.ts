/**
 * web/login-page: where the token of a surface is given, before anything of the page is loaded.
 *
 * It holds no script and nothing that somebody else has said.
 */
export const LOGIN_STYLE = `:root { color-scheme: light dark;
  --ground: #f7f7f8; --surface: #fff; --edge: #dcdce1; --words: #17171c; --words-2: #50505b;
  --accent: #4a43ba; --on-accent: #fff; --bad: #b42525 }
@media (prefers-color-scheme: dark) { :root {
  --ground: #0d0d10; --surface: #151519; --edge: #2c2c34; --words: #ededf0; --words-2: #b0b0bb;
  --accent: #7d76ec; --on-accent: #0d0d10; --bad: #f28080 } }
* { box-sizing: border-box }
body { display: grid; place-items: center; min-height: 100vh; margin: 0; padding: 16px;
  background: var(--ground); color: var(--words);
  font: 14px/1.5 Inter, ui-sans-serif, system-ui, "Segoe UI", "Noto Sans", sans-serif }
main { width: min(360px, 100%); padding: 24px; border: 1px solid var(--edge); border-radius: 10px;
  background: var(--surface) }
h1 { margin: 0 0 4px; font-size: 20px; letter-spacing: -0.015em }
p { margin: 0 0 16px; color: var(--words-2) }
p[role='alert'] { color: var(--bad) }
label { display: block; margin-bottom: 5px; color: var(--words-2); font-size: 12px }
input, button { width: 100%; height: 36px; border-radius: 6px; font: inherit }
input { margin-bottom: 14px; padding: 0 10px; border: 1px solid var(--edge); color: inherit;
  background: var(--surface) }
button { border: 0; background: var(--accent); color: var(--on-accent); font-weight: 500;
  cursor: pointer }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
`

/** The page; `isWrong` after a token that was not the right one. */
export const loginPage = (isWrong: boolean): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Troupe Observer</title>
<link rel="stylesheet" href="/login.css">
</head>
<body>
<main>
<h1>Troupe Observer</h1>
<p>It shows its cluster to those who have its token.</p>
${isWrong ? '<p role="alert">This is not the token.</p>' : ''}
<form method="post" action="/api/login">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>Look inside</button>
</form>
</main>
</body>
</html>
`
