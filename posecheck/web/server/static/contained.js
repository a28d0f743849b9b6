/** Where a picture lies within a box that shows all of it (`object-fit: contain`): what is drawn over it goes there. */

/**
 * @param {{width: number, height: number}} box
 * @param {{width: number, height: number}} picture
 * @returns {{left: number, top: number, scale: number}} of the picture's first pixel within the box, and the box's units per pixel
 */
export function contained(box, picture) {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  return { left: (box.width - picture.width * scale) / 2, top: (box.height - picture.height * scale) / 2, scale };
}
