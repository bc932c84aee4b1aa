// A photo is made smaller before it is sent: ten megabytes take minutes on a slow network, and nobody needs to see
// more of a door than fits a screen. Where anything of this fails, the photo goes as it is; the server checks both.
(() => {
  "use strict";

  const LONG_SIDE = 2048; // the server keeps 1600 (dispatch/pictures.py); the rest is left for its own, better scaling
  const SMALL = 300 * 1024; // sent within seconds on 3G: not worth any loss
  const QUALITY = 0.85;
  const PATIENCE_MS = 20000; // an old phone's time for twelve megapixels, doubled

  // Browsers that do not turn a photo by themselves would send it lying on its side.
  const able = "createImageBitmap" in window && "DataTransfer" in window && CSS.supports("image-orientation", "from-image");
  if (!able) return;

  async function smaller(file) {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, LONG_SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#fff"; // what is transparent would become black
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return blob && blob.size < file.size ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file;
  }

  const late = (file) => new Promise((resolve) => setTimeout(() => resolve(file), PATIENCE_MS));

  /** The same field on the card that may have replaced this one meanwhile; it holds the same file. */
  const now = (field, id) => (field.isConnected ? field : document.getElementById(id)?.querySelector("input[type=file]"));

  document.addEventListener("change", async (event) => {
    const field = event.target;
    const file = field.matches?.(".photo input[type=file]") ? field.files[0] : null;
    if (!file || file.size <= SMALL) return;
    const id = field.closest(".card").id;
    const button = field.form.querySelector("button[type=submit]");
    button.disabled = true;
    const made = await Promise.race([smaller(file), late(file)]).catch(() => file);
    button.disabled = false;
    const here = now(field, id);
    if (made === file || here?.files[0] !== file) return; // another one was chosen in between
    const chosen = new DataTransfer();
    chosen.items.add(made);
    here.files = chosen.files;
  });
})();
