/**
 * web/login-page: where the token of a surface is given, before anything of the page is loaded.
 *
 * It holds no script and nothing that somebody else has said.
 */
export const LOGIN_STYLE = `:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 24rem; margin: 20vh auto; padding: 1rem }
label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit }
input, button { margin: 0.5rem 0 1rem; padding: 0.5rem }
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
