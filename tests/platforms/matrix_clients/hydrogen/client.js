// Hydrogen as its makers ship it, put together into one page: signing in, the rooms, a room.
// The page's address says at which homeserver people sign in: /?homeserver=URL.
import { FeatureSet, Platform, RootViewModel, createNavigation, createRouter } from "hydrogen-view-sdk";

const platform = new Platform({
    container: document.body,
    config: { defaultHomeServer: new URLSearchParams(location.search).get("homeserver") },
    assetPaths: {
        worker: "assets/main.js",
        serviceWorker: "sw.js",
        downloadSandbox: "assets/download-sandbox.html",
        olm: { wasm: "olm/olm.wasm", wasmBundle: "olm/olm.js", legacyBundle: "olm/olm_legacy.js" },
    },
});
await platform.init();
const navigation = createNavigation();
platform.setNavigation(navigation);
const urlRouter = createRouter({ navigation, history: platform.history });
urlRouter.attach();
const features = await FeatureSet.load(platform.settingsStorage);
const root = new RootViewModel({ platform, urlRouter, navigation, features });
await root.load();
platform.createAndMountRootView(root);
