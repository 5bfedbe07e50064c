"""Writes the picture of FormatsTest in the formats that Java has no writer for. Needs Pillow.

The picture is 64 x 48 pixels in patches of 16 x 16, each of one colour.
"""

from PIL import Image

colours = [
    (200, 100, 50), (20, 40, 60), (250, 250, 250), (10, 200, 30),
    (90, 90, 90), (240, 220, 20), (30, 30, 180), (120, 10, 130),
    (0, 0, 0), (60, 160, 160), (255, 128, 128), (170, 180, 60),
]
picture = Image.new("RGB", (64, 48))
for i, colour in enumerate(colours):
    picture.paste(colour, (i % 4 * 16, i // 4 * 16, i % 4 * 16 + 16, i // 4 * 16 + 16))

picture.save("lossless.webp", lossless=True)
picture.save("lossy.webp", quality=95)
picture.convert("CMYK").save("cmyk.jpg", quality=95)
picture.convert("CMYK").save("cmyk.tif", compression="tiff_lzw")
picture.save("jpeg.tif", compression="jpeg", quality=95)
picture.convert("1").save("fax.tif", compression="group4")
