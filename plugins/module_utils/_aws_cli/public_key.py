# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The public key of the AWS CLI team, as published in the AWS CLI user guide.

PRIVATE to the collection.

AWS extends the expiry of this key about once a year by a new self-signature, and publishes it with that one
only. This copy has all of them, because some programs, such as the gpgv of Sequoia in Debian 13, judge the
key as of the time of a signature. Source of the newest one:
https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html
"""

from __future__ import annotations

import datetime
import time

FINGERPRINT = "FB5DB77FD5C118B80511ADA8A6310ACC4672475C"
EXPIRES = datetime.datetime(2027, 7, 1, 20, 12, 58, tzinfo=datetime.timezone.utc)
WARNING_DAYS = 60
"""AWS published the last extensions a few days before the expiry, so that updates may take until then."""
UPDATE = (
    "Update the collection, or set public_key to the key that AWS publishes at"
    " https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
)


def expiry_warning() -> str:
    """A warning when this copy of the key expires soon; "" before that, and after it."""
    left = EXPIRES.timestamp() - time.time()
    if not 0 < left <= WARNING_DAYS * 24 * 3600:
        return ""
    return f"This copy of the public key {FINGERPRINT} expires on {EXPIRES:%Y-%m-%d}. {UPDATE}."


PUBLIC_KEY = """\
-----BEGIN PGP PUBLIC KEY BLOCK-----

mQINBF2Cr7UBEADJZHcgusOJl7ENSyumXh85z0TRV0xJorM2B/JL0kHOyigQluUG
ZMLhENaG0bYatdrKP+3H91lvK050pXwnO/R7fB/FSTouki4ciIx5OuLlnJZIxSzx
PqGl0mkxImLNbGWoi6Lto0LYxqHN2iQtzlwTVmq9733zd3XfcXrZ3+LblHAgEt5G
TfNxEKJ8soPLyWmwDH6HWCnjZ/aIQRBTIQ05uVeEoYxSh6wOai7ss/KveoSNBbYz
gbdzoqI2Y8cgH2nbfgp3DSasaLZEdCSsIsK1u05CinE7k2qZ7KgKAUIcT/cR/grk
C6VwsnDU0OUCideXcQ8WeHutqvgZH1JgKDbznoIzeQHJD238GEu+eKhRHcz8/jeG
94zkcgJOz3KbZGYMiTh277Fvj9zzvZsbMBCedV1BTg3TqgvdX4bdkhf5cH+7NtWO
lrFj6UwAsGukBTAOxC0l/dnSmZhJ7Z1KmEWilro/gOrjtOxqRQutlIqG22TaqoPG
fYVN+en3Zwbt97kcgZDwqbuykNt64oZWc4XKCa3mprEGC3IbJTBFqglXmZ7l9ywG
EEUJYOlb2XrSuPWml39beWdKM8kzr1OjnlOm6+lpTRCBfo0wa9F8YZRhHPAkwKkX
XDeOGpWRj4ohOx0d2GWkyV5xyN14p2tQOCdOODmz80yUTgRpPVQUtOEhXQARAQAB
tCFBV1MgQ0xJIFRlYW0gPGF3cy1jbGlAYW1hem9uLmNvbT6JAlQEEwEIAD4CGwMF
CwkIBwIGFQoJCAsCBBYCAwECHgECF4AWIQT7Xbd/1cEYuAURraimMQrMRnJHXAUC
akV0ygUJDqP4lQAKCRCmMQrMRnJHXFHjD/9eyZLYcKuQOlLvtqSDtUBiEZf6ZZjM
i3ygYH8rJNtuToUH+HvSpe819urJCquXhDrlK6N+aqW0hCLtNABJG/vsafIgvIYJ
hSGgpgtNnQyMV1jViRWqPjbouw8OkYKBThUfT1i2Y+wn58ifs6ODBCmTexWtXspA
Si+Gt49xDOW0APmbOPnI+a4HJW6tVEo6MWS0WjzpiBayR3d1A4pt4YrPfSdDgpLo
h2SLQqlRqvvVZJaWBjhkErNFpfsBA06sDcPEOb0G8LBUbR4WOcdvhe5LubJbZuxC
AG9kNPCVeQP1ixwjgjXKysaxeQ6rv0VzIQgRp6tLVLWhy6AKDNvLjFSsmXZ1Wl08
Y/RlOHXlzLuQMRE6sR1wOdRxc9TsrNWTGiBK65cvSWOy03JeBkQQ8pesqltiyxI9
U21kkgiXtTSKNGfKK8pO27D81YANhRqPK7iTp6kuFiY2WtOg90KTMNlIT+Ff85Y2
b1rHj6Z0SrCkJujhWk3IBPic/wJgz01LEc/OAdUPlby90RJZcIBhSlWhT7mXnXIO
c0HWlNQrns2s3CTyYwZSiSlYe9ApeLwhjDo8NhbFuCAy61l6O5UsR4AfZxx/rGKv
2wFb1/RN/P4gNe6vmxZAPjR0AQcwD3tc2McimOLr/22kmPz8IH3I0X7WoSFr0Biz
E91G7bb0hOb/cIkCVAQTAQgAPgIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgBYh
BPtdt3/VwRi4BRGtqKYxCsxGckdcBQJoa95hBQkMymIsAAoJEKYxCsxGckdcoFgP
/0BvSpB0aI7mE5tyEbzGHxGlvgyPJ/rQmtWjqbwY2M2PoEeRJzx+5NAn8VoSFpDG
PemNncZc+teMghUKGYgIuUW5FdjOtdw/DSWeLJvKmxkRVqLmQ7S0I0EIIW4w31Gy
aZEbyZ/uULgVJNtQObEb9CVgr7QhX+W4mTPFZr6vJKR2mbQl2q6aN6A1GA5t1ccB
ANaW5tZAdbJnIhDYHhTsDGpKlx0mnohLhl2zjBUt3VYTmmq5hDy9LZw2UObhA2Dz
BOPnx7eUo3juFccwhvoIfFGdv3juglqmDXz0ss9HmSiH4Sis2QDXC7mYAm0m/Llg
yymnLbL+QiOneXJjoCY9PWmiyAaTvRkKZOgRnmtt3sBETG2WHvoDRxpswMWUQcMg
rxE1Q5JGvsvrj4rE5R6AoF9Adv10ANiqqIqqkJsqC+1aV2z3T0yzvgkGCvYrBkJJ
jUdo7GcivgJjjdBGoCrlgc5rL+ZT7rCGGZ0XXy+nIrS9+S+8at6xa1JdtqDseS3d
eNoTDvoHPFAfbUQEOpTxYlWMeBTqu74MlOz5LGAltpPeFv+/KOXDSUr6EV+FYpHC
A5cfy+p25wX3k1FJTG1Lh+mrFZVrDdBXY5ZKNud730DkQ8TJLOvIVMpswbBpOUDA
wLBh6+3hhPp5vs2YWFPHQWKzhNqVSz6P5zsqD3akPHa5iQJUBBMBCAA+AhsDBQsJ
CAcCBhUKCQgLAgQWAgMBAh4BAheAFiEE+123f9XBGLgFEa2opjEKzEZyR1wFAmah
WG8FCQr/3DoACgkQpjEKzEZyR1ymLhAAvsLWetdakLTpdLebKTPUlmbrM23MgNMQ
QCatqZ3J6esHQjpLgD7uP0d1AiKA9guPTJC4/WNGL7nvAghejiCfC/nygb9gyMlm
Rphy9KfcGv1/DQikKysStYKuT7gs4t390qsH22bmRniv7m55rbbVl6VLblPyM1Ud
Lv9LAMt4+LkxiodnF+152W0qoCYVJPR99uJiCYksM78NSnq+sbR/y8HQXiQnJG1Q
XYdy2YrOM7g+CGXgTtb0b46LdzquMWnVL+UUjwE4O09ZIr67Swp8L6nOi+C5xdDp
DcrJPeC9y0Eh8kFtpEEtXFcK/shlEokqflbzGwKGwGqZjCVj+nv3SsgFBiF+vtsG
i3WwbNlOzF858f9msgizx+6gmPXHp23Y+SYRvYm1bxVqqoUqNtgf1EUBPwjKxvt8
V8LRxAaDMlhAE69bVsJ9sskBm5FBgDZ3kgxYkxXqELyjcsghUxTtRdlygnLg7NfZ
49+DxNkyYpUxtkEZTK+A9DYMCywDINi6LNQiup11pyJmByrmikvS1WgqAvL7uyEQ
YpNTV+ko60J37ZNDPXWPrNGWwDdYG3Y2fB96pW5f+E8THa/O5vCz+BWSCKNutRMn
L9+KVZAnj2Yj/nYGphIkCeyC+GQK4qPZr+h2wxlepi2OOfpev9BMwsJCOSMiHwX1
gvbP1EoMXIaJAlQEEwEIAD4CGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AWIQT7
Xbd/1cEYuAURraimMQrMRnJHXAUCZMKcEgUJCSEf3QAKCRCmMQrMRnJHXCilD/4v
ior9J5tB+icri5WbDudS3ak/ve4qXS6ZLm5S8l+CBxy5aLQUlyFhuaaEHDC11fG7
8OduxatzeHENASYVo3mmKNwrCBzaNJaeaWKLGQT0MKwBSP5aa3dva8P/4oUP9GsQ
n0uWoXwNDWfrMbNI8gn+jC/3MigWvD3fu6zCOWWLITNv2SJoQlwILmb/uGfha68o
4iTBOvcftVRuao6DyqF+CrHX/0j0klEDQFMY9M4tsYT7X8NWfI8Vmc89nzpvL9fw
da44WwpKIw1FBZP8S0sgDx2xDsxvL8kM2GtOiH0cHqFO+V7xtTKZyloliDbJKhu8
0Kc+YC/TmozD8oeGU2rEFXfLegwSzT9N+jB38+dqaP9pRDsi45iGqyA8yavVBabp
L0IQ9jU6eIV+kmcjIjcun/Uo8SjJ0xQAsm41rxPaKV6vJUn10wVNuhSkKk8mzNOl
SZwu7Hua6rdcCaGeB8uJ44AP3QzWBNnrjtoN6AlN0D2wFmfE/YL/rHPxU1XwPntu
bYB/t3rXFL7ENQOOQH0KVXgRCleysHMglg46c+nQLRzVTshjDjmtzvh9rcV9RKRo
PetEggzCoD89veDA9jPR2Kw6RYkSXzYm2fEv16/HRNYt7hJzneFqRIjHW5qAgSs/
bcaRWpAU/QQzzJPVKCQNr4y0weygB8HCtGjfod0p1IkCVAQTAQgAPhYhBPtdt3/V
wRi4BRGtqKYxCsxGckdcBQJdgq+1AhsDBQkHhM4ABQsJCAcCBhUKCQgLAgQWAgMB
Ah4BAheAAAoJEKYxCsxGckdckhcQAKEtQiSDzS49SQaMTeN6O9BIDVpa4AzLPLp9
2l2VFTPozqeaxSE4TGNUi+JsQmnMrmaG5JniVvS8nZlQ+AK/jOzacF3sEYkzEqJa
AFF4a9N2pnRLPJgfg9gIlITvfbH8XD2F+eHV0xNc1ytBfPA6aYU016AbQ7Fq75We
lxHkrPeyaJOsjBltG52jWKOEJg9Du3kIyn2SMLps5u/LWFIiDbE1swA38OiKR5sC
Xfq4Dpj9RzOOPcbFlbhlZ4WKsyJ0pu2q9TPbLRQWzOhuOIFKplkcKt4LfgGHD1sU
2m5YL/RKteCiF2xzq8rnSkMZ1XmQzaqj20xD+LOwDBOH938bNm/wfiVX1460SKz4
SlHj3s9rEoqH20l/Q3pDVgtEeh/nF49m04iVLeB++wfmFcDccn3IjFvxPQdBiZWv
dohR6zbSLqZ4jd+5XfpUW6nB+tMpovtVeeysrZ+rlxG/Iks3Ne5yDRYCM8VGsAYv
Njuc/XF6DVrRp4/6l2yqOqU8mibw4JZzX7oNZuDSOwLvhah6wCqAEi04MwGuxqXX
L+r5s/OmydaPMdXz7X8S1mZJzxlQZIk4+R8LuE5ud+SXXyH7VC0pONmZ7h0fXuCw
Emv6inAnD9mKjYsyNAE6qWbcrUDjMVOHvAELsd7oo9B5rWnZcAyC28BO015gtkBM
dkpMnKKo
=39bU
-----END PGP PUBLIC KEY BLOCK-----
"""
