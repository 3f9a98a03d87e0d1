"""Makes camera.jpg: 96 × 64 pixels, blue but for a red corner, with what a camera and an agency write.

Needs Pillow, and exiftool for EXIF, IPTC and XMP.
"""
import subprocess
from PIL import Image, ImageCms

image = Image.new("RGB", (96, 64), (20, 60, 200))
image.paste((210, 30, 20), (0, 0, 32, 32))
profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
image.save("camera.jpg", quality=95, icc_profile=profile, dpi=(300, 300))
subprocess.run(
    ["exiftool", "-overwrite_original", "-q", "-codedcharacterset=utf8",
     "-EXIF:Make=Glove Works", "-EXIF:Model=GW-1", "-EXIF:LensModel=35mm F1.4",
     "-EXIF:SerialNumber=SECRET-BODY", "-EXIF:LensSerialNumber=SECRET-LENS",
     "-EXIF:OwnerName=SECRET-OWNER",
     "-EXIF:Software=Darkroom 3 (beta)", "-EXIF:ImageDescription=A blue wall",
     "-EXIF:Artist=Ada (Studio, North) Example", "-EXIF:Copyright=(C) 2024 Ada Example",
     "-EXIF:DateTimeOriginal=2024:05:17 10:20:30", "-EXIF:ExposureTime=1/250", "-EXIF:FNumber=2.8",
     "-EXIF:ISO=400", "-EXIF:FocalLength=35", "-EXIF:UserComment=SECRET-COMMENT",
     "-EXIF:GPSLatitude=52.516275", "-EXIF:GPSLatitudeRef=N", "-EXIF:GPSLongitude=13.377704",
     "-EXIF:GPSLongitudeRef=W", "-EXIF:GPSAltitude=34.5", "-EXIF:GPSAltitudeRef=Above Sea Level",
     "-IPTC:By-line=Ada Iptc", "-IPTC:Credit=Agency Iptc", "-IPTC:CopyrightNotice=Rights Iptc",
     "-IPTC:City=SECRET-CITY", "-IPTC:Caption-Abstract=SECRET-CAPTION",
     "-XMP-dc:Creator=Ada Xmp", "-XMP-dc:Rights=Rights & Xmp <all>", "-XMP-dc:Publisher=House Xmp",
     "-XMP-dc:Contributor=Ben Xmp", "-XMP-dc:Subject=SECRET-KEYWORD",
     "-XMP-xmpRights:Marked=True", "-XMP-xmpRights:WebStatement=https://example.org/rights",
     "-XMP-cc:License=https://example.org/licence", "-XMP-aux:SerialNumber=SECRET-XMP-BODY",
     "-XMP-exif:GPSLatitude=52.516275", "-XMP-photoshop:City=SECRET-XMP-CITY",
     "camera.jpg"], check=True)
