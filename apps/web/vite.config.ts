import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: {
    alias: [{ find: /^typebox$/, replacement: new URL('./src/api/no-schemas.ts', import.meta.url).pathname }],
  },
  build: {
    // The application, and the page for players, which doesn't load it.
    rolldownOptions: { input: ['index.html', 'play.html'] },
    // The tokens use light-dark(), which these browsers know; an older target would have it rewritten into something
    // that no longer follows the theme switch.
    target: ['es2024', 'chrome125', 'firefox128', 'safari18'],
    cssTarget: ['chrome125', 'firefox128', 'safari18'],
    // Inlined data: URLs would need a looser Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
