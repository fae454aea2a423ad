import { escapeHtml } from '../../../platform/html.ts'
import { toScript } from '../../../platform/script.ts'
import type { Product } from '../catalog/product.ts'
import type { ScriptOptions } from './layout.ts'

interface AdminPage {
  products: readonly Product[]
  adminToken: string
  script: ScriptOptions
}

const sizeCell = ({ id, size }: Product['items'][number]) =>
  `<li class="sizes__entry"><span class="sizes__size">${escapeHtml(size)}</span><b class="sizes__count" data-item-id="${id}">0</b></li>`

const productRow = (product: Product) => `<section class="panel">
<h3>${escapeHtml(product.name)}</h3>
<ul class="sizes" aria-label="Shoppers who have a size of ${escapeHtml(product.name)} in their cart">${product.items.map(sizeCell).join('')}</ul>
</section>`

/** The dashboard: who is in the shop, where, and with what in the cart (PA-30, PA-32, PA-33). */
export const adminPage = ({ products, adminToken, script }: AdminPage): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Admin Dashboard · Sneakers23</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/css/admin.css">
</head>
<body data-heartbeat-ms="${script.clientHeartbeatMs}">
<main class="admin-container">
<header class="top">
<h1>Admin Dashboard</h1>
<p id="staleness" class="staleness staleness--waiting" role="status"><span class="staleness__dot" aria-hidden="true"></span><span class="staleness__text">Connecting</span></p>
</header>
<div class="numbers">
<section class="panel panel--big"><h2>Shoppers</h2><p id="shopper-count" class="big">–</p></section>
<section class="panel"><h2>Open tabs by page</h2><table class="pages"><tbody id="page-counts"></tbody></table><p id="no-pages" class="quiet">Nobody is here.</p></section>
</div>
<h2>Shoes in carts</h2>
<div class="products">
${products.map(productRow).join('\n')}
</div>
</main>
<script>window.adminToken = ${toScript(adminToken)}</script>
<script type="module" src="/js/admin.js"></script>
</body>
</html>
`
